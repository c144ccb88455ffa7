"""Networks and weights from elsewhere: torchvision, timm, a user's own code, pretrained weights."""
