"""
Lawqueue: law decides who is handled; queues decide when.

```python
import lawqueue as lq

study = lq.run("prosecute-1326", replicates=4, scale=0.05)
for effect in study.answers[0].effects:
    print(effect.series.title, effect.difference, effect.interval, effect.low, effect.high)
```
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from lawqueue.study.study import Study

__version__ = version("lawqueue")
__all__ = ["__version__", "run"]


def run(
    what: str,
    *,
    seed: int = 0,
    replicates: int = 40,
    scale: float | None = None,
    threads: int = 1,
    parameters: Literal["ensemble", "central"] = "ensemble",
    deterrence: Literal["off", "low", "high"] = "off",
) -> Study:
    """
    Run a scenario or a set with its baselines, and return the answers.

    Parameters
    ----------
    what
        Name of a scenario or a set that comes with the package, or a path to a file or a folder.
    seed
        Any integer ≥ 0; the same seed gives the same numbers as the command line.
    replicates
        Independent runs of each scenario.
    scale
        Share of the cases that is simulated [/1]; results are given at full size. What the model says if left out.
    threads
        Replicates at the same time.
    parameters
        `ensemble`: each replicate has a parameter set of its own; `central`: all have the written values.
    deterrence
        Whether arrivals answer to policy, in baseline and scenario alike: `low` and `high` are published estimates.

    Raises
    ------
    lawqueue.errors.InputError
        If there is no such scenario, or its file has faults.
    """
    from lawqueue.study import library  # noqa: PLC0415  # numba is loaded only to run
    from lawqueue.study.answer import study  # noqa: PLC0415
    from lawqueue.study.record import record  # noqa: PLC0415
    from lawqueue.study.simulate import Laboratory, Settings  # noqa: PLC0415

    paths, name = library.found(what)
    scenarios = library.loaded(paths)
    model = scenarios[0].model
    wanted = model.scale if scale is None else scale
    settings = Settings(seed, replicates, wanted, threads, parameters=parameters, deterrence=deterrence).of(
        model
    )
    laboratory = Laboratory(model, settings)
    return study(
        library.title(scenarios, name),
        scenarios,
        laboratory,
        record(scenarios, settings),
        settings.command(what),
    )
