"""Types and array shapes checked at run time; a whole number may stand for a float, as in the annotations."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
