"""Writes the first files of a project: empty, around a ready-made ruleset, from answers, or drafted from CSV files."""

from trigpoint.draft.answers import Answers, answers_of, kept_answers
from trigpoint.draft.asked import Written, write_answered
from trigpoint.draft.catalogue import CatalogueMetric, Topic, catalogue_topics
from trigpoint.draft.composed import Composed, composed
from trigpoint.draft.demo import ACCOUNTS, SEED, check_is_demo, write_demo
from trigpoint.draft.from_csv import Draft, draft_from_csv
from trigpoint.draft.plugin_project import write_plugin
from trigpoint.draft.questions import QUESTIONS, Answer, Question
from trigpoint.draft.ready_made import ReadyMade, bundled_rulesets, tables_of
from trigpoint.draft.skeleton import local_zone, write_project
from trigpoint.draft.sources import sources_of

__all__ = [
    "ACCOUNTS",
    "QUESTIONS",
    "SEED",
    "Answer",
    "Answers",
    "CatalogueMetric",
    "Composed",
    "Draft",
    "Question",
    "ReadyMade",
    "Topic",
    "Written",
    "answers_of",
    "bundled_rulesets",
    "catalogue_topics",
    "check_is_demo",
    "composed",
    "draft_from_csv",
    "kept_answers",
    "local_zone",
    "sources_of",
    "tables_of",
    "write_answered",
    "write_demo",
    "write_plugin",
    "write_project",
]
