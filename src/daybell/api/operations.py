"""What does each address say, take and answer? Declared beside the routes, and read by `openapi` alone."""

from msgspec import Struct

from daybell.api import forms
from daybell.api.autostart import AtLoginBody
from daybell.api.away import AwayBody
from daybell.api.entry import HelloBody, SessionBody
from daybell.api.requests import CancelBody, PauseBody
from daybell.core.autostart import AtLogin
from daybell.core.environment_view import EnvironmentView
from daybell.core.timeline import Timeline
from daybell.engine.editing import Preview
from daybell.engine.health import Health
from daybell.engine.recent import Recent
from daybell.model.status import JobStatus, Status
from daybell.model.why import Why

JSON = "application/json"
BINARY = "application/octet-stream"


class Operation(Struct, frozen=True, kw_only=True):
    """One method of one address."""

    says: str
    """What it does, in a line."""
    answer: object = None
    """The type of what it answers; None where that is no JSON."""
    status: int = 200
    media: str = JSON
    """Of the answer."""
    also: tuple[int, ...] = ()
    """Other statuses with the same answer, or, as 304, with none."""
    query: type[Struct] | None = None
    body: object = None
    """The type of the body; None where it takes none."""
    body_required: bool = True
    if_match: bool | None = None
    """Whether it needs the header; None where it does not look at it."""
    is_open: bool = False
    """It needs no token."""


ETAG = (304,)

JOBS = {
    "GET /jobs": Operation(says="List all jobs.", answer=list[JobStatus]),
    "POST /jobs": Operation(says="Add a job.", body=forms.JobFile, answer=JobStatus, status=201),
    "GET /jobs/{job_id}": Operation(says="Get a job.", answer=forms.JobAnswer, also=ETAG),
    "PUT /jobs/{job_id}": Operation(
        says="Replace a job's definition.", body=forms.Definition, answer=forms.JobAnswer, if_match=True
    ),
    "PATCH /jobs/{job_id}": Operation(
        says="Change keys of a job's definition; null removes one.",
        body=forms.Definition,
        answer=forms.JobAnswer,
        if_match=True,
    ),
    "DELETE /jobs/{job_id}": Operation(says="Delete a job's file.", status=204, if_match=False),
    "POST /jobs/{job_id}/run": Operation(says="Run a job now.", answer=forms.RunName, status=202),
    "POST /jobs/{job_id}/pause": Operation(
        says="Pause a job.", body=PauseBody, body_required=False, answer=JobStatus
    ),
    "POST /jobs/{job_id}/resume": Operation(says="Let a paused job run again.", answer=JobStatus),
    "POST /jobs/{job_id}/enable": Operation(says="Switch a job on, in its file.", answer=JobStatus),
    "POST /jobs/{job_id}/disable": Operation(says="Switch a job off, in its file.", answer=JobStatus),
    "GET /jobs/{job_id}/next": Operation(
        says="Tell when a job starts next.", query=forms.CountQuery, answer=forms.NextRuns
    ),
    "GET /jobs/{job_id}/stats": Operation(
        says="Tell how a job's runs went.", query=forms.DaysQuery, answer=forms.JobStatsAnswer
    ),
    "GET /jobs/{job_id}/edits": Operation(
        says="Tell what a job's definition was, edit by edit.", answer=forms.EditsAnswer
    ),
    "GET /jobs/{job_id}/why": Operation(
        says="Tell why a job ran or did not.", query=forms.WhyQuery, answer=Why
    ),
    "GET /jobs/{job_id}/environment": Operation(
        says="Tell which environment a job gets.", answer=EnvironmentView
    ),
    "POST /preview": Operation(
        says="Tell what a definition would mean, and keep nothing.",
        query=forms.CountQuery,
        body=forms.Definition,
        answer=Preview,
    ),
}

RUNS = {
    "GET /runs": Operation(says="List runs, newest first.", query=forms.RunsQuery, answer=forms.Runs),
    "GET /runs/{run_id}": Operation(says="Get a run.", query=forms.RunQuery, answer=forms.RunAnswer),
    "GET /runs/{run_id}/log": Operation(
        says="Read what a run has printed.", query=forms.LogQuery, media="text/plain"
    ),
    "GET /runs/{run_id}/artifacts": Operation(
        says="List the files that a run has left.", answer=forms.Artifacts
    ),
    "GET /runs/{run_id}/artifacts/{name}": Operation(says="Read a file that a run has left.", media=BINARY),
    "GET /runs/{run_id}/report.md": Operation(says="Get a report of a run, to read.", media="text/markdown"),
    "GET /runs/{run_id}/report.json": Operation(
        says="Get a report of a run, for programs.", answer=forms.ReportAnswer
    ),
    "POST /runs/{run_id}/cancel": Operation(says="End a run.", answer=forms.RunNames, status=202),
    "POST /runs/{run_id}/retry": Operation(
        says="Run a job again, after a run of it.", answer=forms.RunName, status=202
    ),
    "POST /cancel": Operation(
        says="End a run, or all open runs of a job.", body=CancelBody, answer=forms.RunNames
    ),
}

WHOLE = {
    "GET /status": Operation(says="Tell everything at a glance.", answer=Status),
    "GET /away": Operation(says="Tell what happened while nobody looked.", answer=forms.AwayAnswer),
    "POST /away/run": Operation(
        says="Run what of it waits or was missed.",
        body=AwayBody,
        body_required=False,
        answer=forms.RunNames,
        status=202,
    ),
    "POST /away/skip": Operation(
        says="Skip what of it waits.", body=AwayBody, body_required=False, answer=forms.RunNames, status=202
    ),
    "DELETE /away": Operation(says="Say that it is dealt with.", status=204),
    "POST /pause": Operation(says="Pause all jobs.", answer=forms.Nothing),
    "POST /resume": Operation(says="Let all jobs run again.", answer=forms.Nothing),
    "GET /about": Operation(says="Tell which Daybell this is.", answer=forms.AboutAnswer),
    "GET /doctor": Operation(says="Look for what is wrong here.", answer=forms.DoctorFindings),
    "GET /environment": Operation(says="Tell which environment jobs get.", answer=EnvironmentView),
    "POST /environment/refresh": Operation(says="Ask the login shell anew.", answer=EnvironmentView),
    "GET /autostart": Operation(says="Tell whether Daybell starts at login.", answer=AtLogin),
    "PUT /autostart": Operation(says="Switch starting at login on or off.", body=AtLoginBody, answer=AtLogin),
    "POST /stop": Operation(says="Stop Daybell.", answer=forms.Nothing, status=202),
    "GET /settings": Operation(says="Get the settings.", answer=forms.SettingsAnswer, also=ETAG),
    "PUT /settings": Operation(
        says="Replace the settings.",
        body=forms.Definition,
        answer=forms.SettingsAnswer,
        if_match=True,
    ),
    "PATCH /settings": Operation(
        says="Change keys of the settings; null removes one.",
        body=forms.Definition,
        answer=forms.SettingsAnswer,
        if_match=True,
    ),
    "GET /stats": Operation(says="Tell how runs went.", query=forms.DaysQuery, answer=forms.StatsAnswer),
    "GET /events": Operation(says="Hear what happens.", query=forms.EventsQuery, media="text/event-stream"),
    "GET /recent": Operation(
        says="Tell how the last runs of each job went.", query=forms.RecentQuery, answer=Recent
    ),
    "GET /incidents": Operation(says="Tell which jobs fail.", answer=forms.Incidents),
    "GET /timeline": Operation(
        says="Tell what ran and what will run.", query=forms.TimelineQuery, answer=Timeline
    ),
    "GET /health": Operation(says="Tell how each part is.", answer=Health, also=(503,)),
    "GET /metrics": Operation(says="Tell figures, for Prometheus.", media="text/plain"),
    "GET /openapi.json": Operation(says="Describe this API.", answer=dict[str, object]),
    "GET /schema/{name}.json": Operation(
        says="Get a JSON Schema.", answer=dict[str, object], media="application/schema+json"
    ),
}

DOORS = {
    "POST /door": Operation(says="Let a browser in.", answer=forms.DoorAnswer, status=201),
    "POST /hello": Operation(
        says="Prove that you are Daybell.", body=HelloBody, answer=forms.Proof, is_open=True
    ),
    "POST /session": Operation(
        says="Begin a browser's session.", body=SessionBody, answer=forms.Session, status=201, is_open=True
    ),
}

OPERATIONS: dict[str, Operation] = JOBS | RUNS | WHOLE | DOORS
"""By method and address below /api/v1."""
