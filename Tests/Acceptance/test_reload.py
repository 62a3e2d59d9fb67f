# SPDX-License-Identifier: Apache-2.0
"""A new configuration replaces the old one at once, or not at all."""

import os
import signal

import pytest
import yaml
from harness.deadline import eventually
from harness.key_server import KeyServer
from harness.observability import metric
from harness.purser import Purser
from harness.settings import APP, BROKER_KEYS, app, issuer, settings
from harness.steady_load import SteadyLoad
from harness.tokens import Issuer

RELOADS = int(os.environ.get("RELOADS", "25"))
"""Reloads under load, of which every fifth is of a broken file."""


class Edited:
    """A running broker and its configuration, which a test changes."""

    def __init__(self, purser, values):
        self.purser, self.values = purser, values
        self.file = purser.process.errors.parent / "purser.yaml"

    def hup(self):
        self.purser.process.send(signal.SIGHUP)

    def write(self, text=None):
        new = self.file.with_suffix(".new")
        new.write_text(text if text is not None else yaml.safe_dump(self.values, sort_keys=False))
        new.replace(self.file)

    def reloads(self):
        return len(self.purser.log_so_far("configuration reloaded"))

    def refusals(self):
        return len(self.purser.log_so_far("configuration not reloaded"))

    def reload(self, text=None):
        """Writes the configuration and waits until it is in use."""
        before = self.reloads()
        self.write(text)
        self.hup()
        eventually(lambda: self.reloads() > before, "a reload")

    def refuse(self, text=None):
        """Writes a configuration, and waits until it is refused."""
        before = self.refusals()
        self.write(text)
        self.hup()
        eventually(lambda: self.refusals() > before, "a refused reload")


@pytest.fixture
def edited(started, tmp_path, login, sts, serve):
    def start(**changes):
        directory = tmp_path / "edited"
        values = settings(login.pinned(directory), **changes)
        values["issuers"][0]["keys"] = f"file:{directory / 'login.jwks.json'}"
        return Edited(serve(values, sts, **BROKER_KEYS), values)

    return start


def test_a_new_app_is_served_and_a_removed_one_is_not(edited, login):
    case = edited()
    case.values["apps"]["blog"] = app(login.url)
    assert case.purser.credentials(login.token(), "blog").status == 404
    case.reload()
    assert case.purser.credentials(login.token(), "blog").status == 200
    del case.values["apps"]["blog"]
    case.reload()
    assert case.purser.credentials(login.token(), "blog").status == 404
    assert case.purser.guest().status == 200
    assert [line["generation"] for line in case.purser.complete_log("configuration reloaded")] == [2, 3]


def test_an_unchanged_grant_keeps_its_cached_credentials_and_a_changed_one_does_not(edited, login, sts):
    case, token = edited(), login.token()
    first = case.purser.credentials(token).json
    guest = case.purser.guest().json
    calls = sts.count
    case.values["apps"]["blog"] = app(login.url)
    case.reload()
    assert case.purser.credentials(token).json == first and case.purser.guest().json == guest
    assert sts.count == calls, "no exchange for what is cached"
    case.values["apps"][APP]["signed-in"]["session"] = "2h"
    case.reload()
    assert case.purser.credentials(token).json != first, "another grant"
    assert case.purser.guest().json == guest
    assert sts.count == calls + 1


def test_a_remembered_token_must_meet_the_new_rules(edited, login):
    case, token = edited(), login.token()
    assert case.purser.credentials(token).status == 200
    case.values["issuers"][0]["require"] = [{"claim": "tier", "is": "gold"}]
    case.reload()
    refused = case.purser.credentials(token)
    assert (refused.status, case.purser.log_line_of(refused)["reason"]) == (401, "claim_missing")
    assert case.purser.credentials(login.token(tier="gold")).status == 200
    del case.values["issuers"][0]["require"]
    case.values["issuers"][0]["audiences"] = ["another-client"]
    case.reload()
    assert case.purser.credentials(token).status == 401
    case.values["issuers"][0]["audiences"] = ["rum-web"]
    case.values["apps"][APP]["signed-in"]["require"] = [{"claim": "tier", "is": "gold"}]
    case.reload()
    assert case.purser.credentials(token).status == 403
    assert case.purser.credentials(login.token(tier="gold")).status == 200, "a verdict without the claim does not count"


def test_the_users_of_a_removed_issuer_are_refused_at_once(edited, login, tmp_path):
    other = login.at("https://other.example.test/")
    case = edited()
    values = case.values
    values["issuers"].append(issuer(other.url, values["issuers"][0]["keys"]))
    values["apps"][APP]["signed-in"]["issuers"] = [login.url, other.url]
    case.reload()
    token = other.token()
    assert case.purser.credentials(token).status == 200
    values["issuers"].pop()
    values["apps"][APP]["signed-in"]["issuers"] = [login.url]
    case.reload()
    assert case.purser.credentials(token).status == 401
    assert case.purser.credentials(login.token()).status == 200


def test_a_new_issuer_has_its_keys_before_its_users_come(edited, started):
    other = Issuer("https://other.example.test/")
    server = started(KeyServer(other.key_set))
    case = edited()
    case.values["issuers"].append(issuer(other.url, server.url))
    case.values["apps"][APP]["signed-in"]["issuers"].append(other.url)
    case.reload()
    assert case.purser.credentials(other.token()).status == 200
    assert server.count == 1
    case.values["apps"]["blog"] = app(other.url)
    case.reload()
    assert case.purser.credentials(other.token(), "blog").status == 200
    assert server.count == 1, "an unchanged issuer keeps its keys"


def test_all_mistakes_of_a_broken_file_are_logged_and_the_old_configuration_stays(edited, login, sts):
    case, token = edited(), login.token()
    assert case.purser.credentials(token).status == 200
    calls = sts.count
    case.values["apps"][APP]["signed-in"]["session"] = "a while"
    case.values["issuers"][0]["leeway"] = "none"
    case.refuse()
    details = [line["detail"] for line in case.purser.complete_log("configuration", level="error")]
    assert len(details) == 2
    assert all(detail.startswith(f"{case.file}:") for detail in details)
    assert any("session" in detail for detail in details) and any("leeway" in detail for detail in details)
    assert metric(case.purser, "purser_configuration_generation") == 1
    assert metric(case.purser, "purser_configuration_last_reload_successful") == 0
    assert metric(case.purser, "purser_configuration_last_reload_failure_timestamp_seconds") > 0
    for text in ("", "apps: [", "{", "\x00", "- a\n- list\n"):
        case.refuse(text)
        assert case.purser.credentials(token).status == 200
    case.file.unlink()
    before = case.refusals()
    case.hup()
    eventually(lambda: case.refusals() > before, "a refused reload")
    assert case.purser.credentials(token).status == 200 and sts.count == calls


def test_a_broken_file_is_tried_once_until_it_changes_or_a_signal_comes(edited):
    case = edited()
    case.refuse("apps: {}\n")
    # A change that applies shows that the file was looked at in the meantime.
    with_comment = "# one\n" + yaml.safe_dump(case.values, sort_keys=False)
    case.write(with_comment)
    eventually(lambda: case.reloads() == 1, "a reload", within=30)
    assert case.refusals() == 1
    case.write("apps: {}\n")
    eventually(lambda: case.refusals() == 2, "a refused reload", within=30)
    case.hup()
    eventually(lambda: case.refusals() == 3, "a refused reload", within=30)


def test_what_needs_a_restart_is_named_and_the_rest_applies(edited, login):
    case = edited()
    case.values["limits"]["user-rate"] = 1
    case.values["listen"] = "127.0.0.1:1"
    case.values["apps"]["blog"] = app(login.url)
    case.reload()
    [line] = case.purser.complete_log("configuration needs a restart")
    assert line["detail"].endswith(": limits, listen")
    assert case.purser.credentials(login.token(), "blog").status == 200
    assert metric(case.purser, "purser_configuration_generation") == 2
    # What only the new sections would allow is refused.
    case.values["apps"]["blog"]["signed-in"]["exchange"] = "minted"
    case.values["minting"] = {"issuer": "https://purser.example.com", "keys": ["file:nothing.pem"]}
    case.refuse()
    assert case.purser.credentials(login.token(), "blog").status == 200


def test_a_reload_does_not_refill_a_rate_limit(edited, login):
    case, token = edited(limits={"user-rate": 1}), login.token()
    statuses = [case.purser.credentials(token).status for _ in range(40)]
    assert 429 in statuses
    case.values["apps"]["blog"] = app(login.url)
    case.reload()
    after = [case.purser.credentials(token).status for _ in range(40)]
    assert after.count(200) < statuses.count(200), (statuses, after)


def test_a_change_of_the_file_is_loaded_without_a_signal_and_only_once(edited, login):
    case = edited()
    case.values["apps"]["blog"] = app(login.url)
    case.write()
    eventually(lambda: case.purser.credentials(login.token(), "blog").status == 200, "the new app", within=30)
    case.values["apps"]["blog"]["guest"]["session"] = "never"
    case.write()
    eventually(lambda: case.refusals() == 1, "a refused reload", within=30)
    del case.values["apps"]["blog"]
    case.write()
    eventually(lambda: case.purser.credentials(login.token(), "blog").status == 404, "the old apps", within=30)
    lines = case.purser.complete_log("configuration reloaded")
    assert [line["cause"] for line in lines] == ["file", "file"] and case.refusals() == 1


def test_a_mounted_configuration_that_is_swapped_by_symbolic_links_is_loaded(edited, login, tmp_path, started, sts):
    case = edited()
    volume = tmp_path / "volume"

    def swap(version):
        (volume / version).mkdir(parents=True)
        (volume / version / "purser.yaml").write_text(yaml.safe_dump(case.values, sort_keys=False))
        (volume / "..new").symlink_to(version)
        (volume / "..new").rename(volume / "..data")

    swap("..1")
    (volume / "purser.yaml").symlink_to("..data/purser.yaml")
    mounted = started(
        Purser(tmp_path / "mounted", arguments=["serve", "--config", volume / "purser.yaml"], sts=sts.url, **BROKER_KEYS)
    )
    assert mounted.credentials(login.token(), "blog").status == 404
    case.values["apps"]["blog"] = app(login.url)
    swap("..2")
    eventually(lambda: mounted.credentials(login.token(), "blog").status == 200, "the new app", within=30)


def test_reloads_under_load_lose_no_request(edited, login):
    case = edited()
    with SteadyLoad(case.purser, [login.token(f"user-{n}") for n in range(8)]) as load:
        for number in range(RELOADS):
            if number % 5 == 4:
                case.refuse("apps: {}\n")
                continue
            case.values["apps"].pop(f"app-{number - 1}", None)
            case.values["apps"][f"app-{number}"] = app(login.url)
            case.reload()
            load.go_on()
    assert load.failures == []
    assert load.count >= 8 * RELOADS
    assert case.reloads() + case.refusals() == RELOADS
