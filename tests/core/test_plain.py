from builders import a_job, cron
from daybell.core.plain import as_file
from daybell.model.job import CommandHandler


def test_a_job_stands_in_its_file_without_its_id_and_what_is_at_its_default() -> None:
    job = a_job(handler=CommandHandler(argv=("ls", "-l"), env={"A": "b"}), triggers=(cron("@daily"),))
    assert as_file(job) == {
        "handler": {"type": "command", "argv": ["ls", "-l"], "env": {"A": "b"}},
        "triggers": [{"type": "cron", "expression": "@daily"}],
    }
