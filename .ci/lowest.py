"""Prints the lowest version that pyproject.toml admits of each library, as constraints for pip."""

import re
import tomllib
from itertools import chain
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
for line in chain(project["dependencies"], *project["optional-dependencies"].values()):
    if found := re.match(r"([\w-]+)(?:\[.*?\])?>=([\d.]+)", line):
        print(f"{found[1]}=={found[2]}")
