"""The workloads. Each file of this folder registers its own: see `case.py`."""

import importlib
import pkgutil

from workloads.case import CASES, Case, Options

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"workloads.{_module}")

WORKLOADS = list(dict.fromkeys(case.workload for case in CASES))

__all__ = ["CASES", "WORKLOADS", "Case", "Options"]
