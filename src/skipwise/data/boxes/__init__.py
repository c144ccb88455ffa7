"""Images with boxes around their objects: COCO, Pascal VOC, YOLO, and scenes made on the spot."""
