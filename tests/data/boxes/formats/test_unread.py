"""Annotations that are told by a file's name and first bytes are refused by their name."""

import pytest
from PIL import Image

from skipwise.data.layout import recognise
from skipwise.errors import UserError


@pytest.mark.parametrize(
    ("place", "content", "said"),
    [
        ("train.csv", "ImageId,EncodedPixels\na.jpg,1 3 10 5\n", "holds masks as run lengths (EncodedPixels)"),
        ("split/face_train_bbx_gt.txt", "a.jpg\n1\n5 5 10 10 0 0 0 0 0 0\n", "is of WIDER FACE"),
        (
            "metadata.jsonl",
            '{"file_name": "a.jpg", "objects": {"bbox": [[1, 1, 2, 2]], "categories": [0]}}\n',
            "holds the objects of",
        ),
        (
            "train.csv",
            'patient,width,bbox,source\na,9,"[1, 1, 2, 2]",u\n',
            "holds boxes in a column bbox, but no column",
        ),
        ("annfiles/a.txt", "5.0 5.0 20.0 5.0 20.0 20.0 5.0 20.0 plane 0\n", "is of DOTA"),
        ("labels/a.txt", "Car 0.00 0 1.5 1 1 3 3 1.5 1.6 3.7 1 1.6 9 1.5\n", "is of KITTI"),
        ("_annotations.txt", "a.jpg 3,4,6,7,0 1,1,2,2,1\n", "lists images with boxes as x,y,x,y,class"),
        ("annotate.txt", "/data/a.jpg,3,4,6,7,cat\n", "is a table of boxes (image, corners, class) called .txt"),
        ("out.manifest", '{"source-ref": "s3://b/a.jpg", "boxes": {}}\n', "is a manifest of SageMaker"),
        ("via.csv", "# Exported\n# CSV_HEADER = metadata_id,file_list\n1,a\n", "is a CSV of VGG Image Annotator 3"),
        ("train/_classes.csv", "Pixel Value, Class\n0, background\n", "numbers the pixels of masks"),
        ("DET-train/annotations/a.txt", "5,5,3,3,1,4,0,0\n", "is of VisDrone"),
    ],
)
def test_refused_by_name(tmp_path, place, content, said):
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(content, encoding="utf-8")
    for name in ("images", "other"):
        (tmp_path / "DET-train" / name).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9)).save(tmp_path / "DET-train" / name / "a.jpg")
    with pytest.raises(UserError) as error:
        recognise(str(tmp_path))
    assert str(error.value).startswith(f"{tmp_path / place} {said}")
