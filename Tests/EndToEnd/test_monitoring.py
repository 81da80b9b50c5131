"""The shipped alerts and dashboard: Prometheus takes them, they name metrics that the programs tell, and alerts fire."""

import json
import re

import pytest

from support.metrics import promtool, scrape
from support.server import MAIL_SETTINGS, REPOSITORY, Server

MONITORING = REPOSITORY / "nginx" / "monitoring"
NAME = re.compile(r"\bechochat_[a-z_]+")
SELECTOR = re.compile(r"\b(echochat_[a-z_]+)\{([^}]*)\}")
LABEL = re.compile(r'([a-z_]+)(=~?)"([^"]*)"')
# Those that Prometheus adds, and what stands for a variable of the dashboard.
ADDED = {"instance", "job"}
HOUR = 3600


def alert_expressions(text: str) -> list[str]:
    """The expressions of the rules, which stand on their line or below it."""
    return [" ".join(found.split()) for found in re.findall(r"^ +expr: (?:>-\n)?((?:.|\n {10})*)", text, re.MULTILINE)]


def dashboard_expressions(text: str) -> list[str]:
    document = json.loads(text)
    queries = [variable["query"]["query"] for variable in document["templating"]["list"] if variable["type"] == "query"]
    return queries + [target["expr"] for panel in document["panels"] for target in panel["targets"]]


def unknown(expressions: list[str], samples: dict[str, float]) -> set[str]:
    """Metrics that are named and not told, and labels with a value that none of them has."""
    told: dict[str, list[dict[str, str]]] = {}
    for sample in samples:
        told.setdefault(sample.partition("{")[0], []).append({name: value for name, _, value in LABEL.findall(sample)})
    found = set()
    for expression in expressions:
        found |= {name for name in NAME.findall(expression) if name not in told}
        for name, labels in SELECTOR.findall(expression):
            for label, operator, value in LABEL.findall(labels):
                wanted = value.split("|") if operator == "=~" else [value]
                known = [labels.get(label, "") for labels in told.get(name, [])]
                if label not in ADDED and not all(any(re.fullmatch(word, value) for value in known) for word in wanted):
                    found.add(f'{name}{{{label}="{value}"}}')
    return found


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """What a site tells that sends mail."""
    mail = {"ECHOCHAT_SMTP_URL": MAIL_SETTINGS["ECHOCHAT_SMTP_URL"], "ECHOCHAT_PUBLIC_URL": "http://127.0.0.1:{port}"}
    with Server(tmp_path_factory.mktemp("monitoring") / "d", **mail) as server:
        return scrape(server)


def test_prometheus_takes_the_rules():
    done = promtool("check", "rules", str(MONITORING / "alerts.yml"))
    assert done.returncode == 0 and "SUCCESS" in done.stdout, done
    assert "FAILED" in promtool("check", "rules", str(REPOSITORY / "README.md")).stderr


def test_every_metric_of_the_alerts_is_told(samples):
    expressions = alert_expressions((MONITORING / "alerts.yml").read_text())
    assert len(expressions) >= 15 and unknown(expressions, samples) == set()


def test_every_metric_of_the_dashboard_is_told(samples):
    expressions = dashboard_expressions((MONITORING / "dashboard.json").read_text())
    assert len(expressions) >= 20 and unknown(expressions, samples) == set()


def test_a_metric_or_a_label_that_nobody_tells_is_noticed(samples):
    assert unknown(["rate(echochat_message_total[5m])"], samples) == {"echochat_message_total"}
    assert unknown(['echochat_mails{state="lost"}'], samples) == {'echochat_mails{state="lost"}'}
    assert unknown(['echochat_refusals_total{code=~"busy|bussy"}'], samples) == {'echochat_refusals_total{code="busy|bussy"}'}


@pytest.mark.parametrize(
    ("series", "hours", "alert"),
    [
        ({"echochat_backup_timestamp_seconds": "0x4000"}, 30, "EchoChatNoBackup"),
        ({"echochat_backup_timestamp_seconds": "1x4000"}, 50, "EchoChatBackupOld"),
        ({'echochat_up{program="push"}': "0x4000"}, 2, "EchoChatProgramDown"),
        ({'up{job="echochat"}': "0x4000"}, 2, "EchoChatUnreachable"),
        ({"echochat_disk_free_bytes": "5000x4000"}, 2, "EchoChatDiskFull"),
        ({"echochat_wal_bytes": "300000000x4000"}, 2, "EchoChatWALGrows"),
        (
            {f'echochat_commit_seconds_bucket{{le="{le}"}}': f"0+{n}x4000" for le, n in (("0.5", 0), ("1", 60), ("+Inf", 60))},
            2,
            "EchoChatCommitsSlow",
        ),
        ({'echochat_refusals_total{code="busy"}': "0+600x4000"}, 2, "EchoChatManyRefusals"),
        ({"echochat_mail_oldest_seconds": "7200x4000"}, 2, "EchoChatMailWaits"),
    ],
)
def test_an_alert_fires_when_it_should_and_not_otherwise(tmp_path, series, hours, alert):
    rules = {"rule_files": [str(MONITORING / "alerts.yml")], "evaluation_interval": "5m"}

    def fires(values: dict[str, str], expected: int) -> bool:
        case = {
            "interval": "1m",
            "input_series": [{"series": name, "values": value} for name, value in values.items()],
            "promql_expr_test": [
                {
                    "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
                    "eval_time": f"{hours * HOUR}s",
                    "exp_samples": [{"labels": "{}", "value": expected}],
                }
            ],
        }
        (tmp_path / "test.yml").write_text(json.dumps(rules | {"tests": [case]}))
        return promtool("test", "rules", str(tmp_path / "test.yml")).returncode == 0

    assert fires(series, 1), alert
    assert not fires(series, 0)
    assert fires({"echochat_ready": "1x4000"}, 0)
