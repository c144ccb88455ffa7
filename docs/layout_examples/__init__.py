"""Examples of every layout: functions that fill an empty folder and return what to give to skipwise."""
