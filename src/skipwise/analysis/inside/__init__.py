"""Analyses of what trained networks compute: functions of a network and examples."""
