"""Which tags has each job? The status does not say, and the menu groups by them."""

from daybell.core.menus import Tags
from daybell.engine.service import SchedulerService
from daybell.model.errors import JobNotFound


def tags_of(service: SchedulerService) -> Tags:
    """Those of the jobs that have some."""
    tags = {job.id: tags_of_job(service, job.id) for job in service.list_jobs()}
    return {job_id: each for job_id, each in tags.items() if each}


def tags_of_job(service: SchedulerService, job_id: str) -> tuple[str, ...]:
    try:
        return service.get_job(job_id).tags
    except JobNotFound:  # its file went away just now, or was never valid
        return ()
