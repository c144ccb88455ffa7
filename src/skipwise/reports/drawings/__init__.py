"""Drawings of networks, maps and texts as SVG, PNG or HTML."""
