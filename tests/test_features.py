"""docs/features.md names only tests that exist."""

import re

from tests.stack import ROOT

NAMED = re.compile(r"`([a-z_/]+\.py)(?:::(test_\w+))?`")
FEATURES = (ROOT / "docs" / "features.md").read_text()


def test_every_test_that_a_feature_names_exists() -> None:
    rows = [line for line in FEATURES.splitlines() if line.startswith("| ") and not line.startswith("| ID")]
    missing = []
    for row in rows:
        named = NAMED.findall(row.rpartition(" | ")[2])
        if not named:
            missing.append(row.split(" | ")[0])
        for path, test in named:
            file = ROOT / path
            if not file.is_file() or (test and f"def {test}(" not in file.read_text()):
                missing.append(f"{path}::{test}")
    assert rows
    assert not missing
