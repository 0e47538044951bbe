"""The configuration of grants: what is wrong is said with its key, and paths are those of the installation."""

from pathlib import Path

import pytest

from tests.spine.world import CONFIG, defaults
from triage.errors import SettingsError
from triage.servers import Servers
from triage.settings import Settings, load

GRANT = (
    '[oauth.mail]\ntoken_url = "https://login.provider.example/token"\nclient_id = "triage"\nclient_secret = {file = "secrets/client"}\n'
)


def loaded(tmp_path: Path, grant: str = GRANT, login: str = 'oauth = "mail"', password: str = "") -> Settings:
    """The settings with that grant and a way out that logs in like this."""
    smtp = f'username = "support@shop.example"\n{login}\n{password}'
    values = defaults(tmp_path, imap_port=143, smtp_port=25, user="support@shop.example") | {"smtp": smtp, "extra": grant}
    path = tmp_path / "config" / "triage.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(CONFIG.format(**values), encoding="utf-8")
    return load(path)


def test_secrets_lie_where_the_installation_is(tmp_path: Path) -> None:
    """A relative path starts from the folder that holds config/; whoever names a grant shares it."""
    settings = loaded(tmp_path, GRANT + 'refresh_token = {file = "/abroad/refresh"}\n')
    grant = settings.oauth["mail"]
    assert grant.client_secret
    assert grant.refresh_token
    assert (grant.client_secret.file, grant.refresh_token.file) == (tmp_path / "secrets" / "client", Path("/abroad/refresh"))
    servers = Servers(settings)
    assert servers._access(settings.smtp) is servers._access(settings.smtp) is servers.grants["mail"]
    assert servers._access(settings.mailbox["support"]) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"login": 'oauth = "gmail"'}, "smtp.oauth = 'gmail': expected the name of a table [oauth.NAME]"),
        ({"password": 'password = {env = "X"}'}, "oauth = 'mail': expected a username and no password beside it"),
        (
            {"grant": GRANT.replace("https:", "http:")},
            "oauth.mail.token_url = 'http://login.provider.example/token': expected the token endpoint",
        ),
        (
            {"grant": GRANT.replace('client_secret = {file = "secrets/client"}\n', "")},
            "oauth.mail: expected client_secret, refresh_token, or both",
        ),
        ({"grant": GRANT.replace('{file = "secrets/client"}', '"canary"')}, "oauth.mail.client_secret: expected a table"),
        ({"grant": GRANT + 'tenant = "canary"\n'}, "oauth.mail.tenant: expected no such key"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, change: dict[str, str], said: str) -> None:
    """One line for a mistake, and no secret in it."""
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, **change)
    assert said in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_provider_on_this_machine_needs_no_tls(tmp_path: Path, host: str) -> None:
    """Nothing leaves the machine on the way to it."""
    grant = GRANT.replace("https://login.provider.example", f"http://{host}:8080")
    assert loaded(tmp_path, grant).oauth["mail"].token_url == f"http://{host}:8080/token"
