"""Asks the exchange as Authlib's documentation says, and prints what came of it as JSON.

Argument: a JSON object with issuer, ca, cert, key, client_id, evidence, other_evidence, self_details, user_details.
The exchange's name leads to it through HTTPS_PROXY.
"""

import json
import sys

from authlib.integrations.requests_client import OAuth2Session, OAuthError
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

# On a busy machine moto may be late, and then the exchange says when to ask again.
AGAIN = Retry(total=3, status_forcelist=[503], allowed_methods=None, raise_on_status=False)
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"

asked = json.loads(sys.argv[1])


def session(with_certificate=True):
    made = OAuth2Session(asked["client_id"], token_endpoint_auth_method="none")
    made.verify = asked["ca"]
    made.mount("https://", HTTPAdapter(max_retries=AGAIN))
    if with_certificate:
        made.cert = (asked["cert"], asked["key"])
    return made


def refused(act):
    try:
        act()
    except OAuthError as error:
        return error.error
    return None


def by_user(client, evidence, **more):
    return client.fetch_token(
        metadata["token_endpoint"],
        grant_type=EXCHANGE,
        subject_token=evidence,
        subject_token_type=ACCESS_TOKEN,
        authorization_details=json.dumps(asked["user_details"]),
        **{"audience": "tool:board", **more},
    )


def by_itself(client, audience, details):
    return client.fetch_token(
        metadata["token_endpoint"],
        grant_type="client_credentials",
        audience=audience,
        authorization_details=json.dumps(details),
    )


def introspected(client, token):
    return client.introspect_token(metadata["introspection_endpoint"], token=token).json()


client = session()
found = client.get(asked["issuer"] + "/.well-known/oauth-authorization-server", withhold_token=True)
metadata = AuthorizationServerMetadata(found.json())
metadata.validate_issuer()
metadata.validate_token_endpoint()
metadata.validate_jwks_uri()

exchanged = by_user(client, asked["evidence"])
active = introspected(client, exchanged["access_token"])
revoked = client.revoke_token(metadata["revocation_endpoint"], token=exchanged["access_token"]).status_code
inactive = introspected(client, exchanged["access_token"])

started = by_itself(session(), "tool:board", asked["self_details"])
aws = session()
by_itself(aws, "aws", asked["aws_details"])
credentials = aws.post(asked["issuer"] + "/aws/credentials")

json.dump(
    {
        "issuer": metadata["issuer"],
        "exchanged": {name: exchanged[name] for name in ("token_type", "scope", "issued_token_type")},
        "active": {name: active[name] for name in ("active", "client_id", "sub", "task")},
        "revoked": revoked,
        "inactive": inactive,
        "started": started["token_type"],
        "credentials": credentials.status_code,
        "refused": {
            "no certificate": refused(lambda: by_user(session(with_certificate=False), asked["evidence"])),
            "another agent's user token": refused(lambda: by_user(session(), asked["other_evidence"])),
            "wider scope": refused(lambda: by_user(session(), asked["evidence"], scope="show delete")),
            "two audiences": refused(lambda: by_user(session(), asked["evidence"], audience="tool:board aws")),
            "another tool": refused(lambda: by_user(session(), asked["evidence"], audience="tool:notes")),
            "no evidence": refused(lambda: by_itself(session(), "tool:board", asked["user_details"])),
        },
    },
    sys.stdout,
)
