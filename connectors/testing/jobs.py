"""Asynchronous reports of a fake platform: created, polled, downloaded, and all the ways that can fail.

Belongs here: the life of a report. Not here: its rows and the platform's names of states.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["ready", "empty", "failed", "cancelled", "never", "expired_url", "wrong_range"]
ReportStage = Literal["queued", "running", "ready", "empty", "failed", "cancelled"]


@dataclass
class FakeReportJob:
    """One report; `spec` is what was asked for."""

    id: str
    spec: Any
    ending: Ending
    polls: int = 0
    downloads: int = 0

    # three polls until the end: a client that looks once or twice only must be caught
    @property
    def state(self) -> ReportStage:
        """Queued at the first poll, running at the second, then its end."""
        if self.polls <= 1:
            return "queued"
        if self.polls == 2 or self.ending == "never":
            return "running"
        if self.ending in ("empty", "failed", "cancelled"):
            return self.ending
        return "ready"


@dataclass
class ReportJobs:
    """All reports of a platform. `ending` is how the next created ones end.

    `expired_url` reports refuse their first document URL and serve the next; `wrong_range` ones hold rows of
    another range than asked.
    """

    ending: Ending = "ready"
    made: list[FakeReportJob] = field(default_factory=list)

    def create(self, spec: Any) -> FakeReportJob:
        """Begin a report."""
        job = FakeReportJob(f"R{len(self.made) + 1:05d}", spec, self.ending)
        self.made.append(job)
        return job

    def poll(self, report_id: str) -> FakeReportJob | None:
        """The report after one more look; None when there is none."""
        job = self.find(report_id)
        if job is not None:
            job.polls += 1
        return job

    def find(self, report_id: str) -> FakeReportJob | None:
        """The report called `report_id`, looked at or not."""
        return next((job for job in self.made if job.id == report_id), None)

    def may_download(self, job: FakeReportJob) -> bool:
        """Whether the document URL is still good; counts the download."""
        job.downloads += 1
        return job.ending != "expired_url" or job.downloads > 1
