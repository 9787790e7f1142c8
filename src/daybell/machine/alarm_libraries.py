"""APScheduler without the pools of threads and processes that it could run jobs in.

Imported before whatever would load it with them: they are a megabyte, and no alarm runs anything.
"""

from daybell.machine.stand_ins import bring

bring(["apscheduler.schedulers.base"], {"apscheduler.executors.pool": {"ThreadPoolExecutor": None}})
