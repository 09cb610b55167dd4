"""Hook for Airflow: puts the listener of `whence.integrations.airflow` into Airflow's listener managers.

Airflow 3 has one in the task SDK and one in the core, Airflow 2 only the latter. A manager is made by its first use,
after the plugins are loaded: until then only the function that makes it is wrapped, so that nothing of Airflow is
imported or set up earlier than without us. It must not do anything in a process that runs no tasks.
"""

from __future__ import annotations

import sys
from functools import wraps
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_GETTER = "get_listener_manager"


class AirflowHook:
    """Listens to the tasks that one kind of manager tells of."""

    def __init__(self, requires: str, users: tuple[str, ...]) -> None:
        self.requires = requires
        self._users = users
        """Modules that hold the getter under its name once they are imported."""
        self._original: Callable[[], Any] | None = None
        self._managers: list[Any] = []
        self._is_on = False

    def install(self) -> None:
        """Wrap what gives the manager; where it was handed out already, register at once."""
        self._is_on = True
        module = sys.modules[self.requires]
        if self._original is None:
            original: Callable[[], Any] = getattr(module, _GETTER)
            self._original = original

            @wraps(original)
            def get_listener_manager() -> Any:
                manager = original()
                if self._is_on:
                    self._register(manager)
                return manager

            setattr(module, _GETTER, get_listener_manager)
        if any(name in sys.modules and hasattr(sys.modules[name], _GETTER) for name in self._users):
            self._register(self._original())

    def uninstall(self) -> None:
        """Take the listener out; the wrapper, which others may hold, only passes on from now on."""
        self._is_on = False
        for manager in self._managers:
            import_module("whence.integrations.airflow").unregister(manager)
        self._managers = []

    def _register(self, manager: Any) -> None:
        try:
            if manager not in self._managers:
                self._managers.append(manager)
                import_module("whence.integrations.airflow").register(manager)
        except Exception as failure:  # noqa: BLE001  border: Airflow must go on
            import logging  # noqa: PLC0415  only trouble pays for it

            logging.getLogger("whence").warning("the listener for Airflow could not be installed: %s", failure)


HOOK = AirflowHook("airflow.sdk.listener", ("airflow.sdk.execution_time.task_runner",))
CORE_HOOK = AirflowHook("airflow.listeners.listener", ("airflow.models.taskinstance",))
