"""What is to be learned: a loss, an answer and a score for each example."""
