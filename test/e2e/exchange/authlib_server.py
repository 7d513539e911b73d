"""A tool with its authorization server, which is Authlib's: it verifies clients, grants and assertions.

Argument: a JSON object with cert, key, trust, client_id, secret, users. `trust` is a file that names issuer, jwks_uri
and ca of the exchange, read when it is needed, because the exchange starts later.
"""

import json
import ssl
import sys
import urllib.request

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, JWTBearerGrant
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet

asked = json.loads(sys.argv[1])
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
JWT = "urn:ietf:params:oauth:token-type:jwt"
METHODS = ["client_secret_basic", JWTBearerClientAssertion.CLIENT_AUTH_METHOD]

issued = {}
seen = set()


def trust():
    with open(asked["trust"], encoding="utf-8") as file:
        return json.load(file)


def exchange_keys():
    context = ssl.create_default_context(cafile=trust()["ca"])
    with urllib.request.urlopen(trust()["jwks_uri"], context=context) as answer:
        return KeySet.import_key_set(json.load(answer))


def own_origin():
    return request.host_url.rstrip("/")


class Client(ClientMixin):
    client_id = asked["client_id"]

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return scope or ""

    def check_client_secret(self, secret):
        return secret == asked["secret"]

    def check_endpoint_auth_method(self, method, endpoint):
        return method in METHODS

    def check_grant_type(self, grant_type):
        return True


class ClientAssertion(JWTBearerClientAssertion):
    def get_audiences(self):
        return [own_origin(), own_origin() + "/token"]

    def validate_jti(self, claims, jti):
        fresh = jti not in seen
        seen.add(jti)
        return fresh

    def resolve_client_public_key(self, client, headers=None):
        return exchange_keys()


class Bearer(JWTBearerGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_token_request(self):
        self.authenticate_token_endpoint_client()
        super().validate_token_request()

    def process_assertion_claims(self, assertion):
        claims = super().process_assertion_claims(assertion)
        if claims.get("jti") is None or claims["jti"] in seen:
            raise InvalidGrantError(description="the assertion was used before")
        seen.add(claims["jti"])
        self.request.assertion_claims = dict(claims)
        return claims

    def resolve_issuer_client(self, issuer):
        return Client() if issuer == trust()["issuer"] else None

    def resolve_client_public_key(self, client):
        return exchange_keys()

    def authenticate_user(self, subject):
        return subject if subject in asked["users"] else None

    def has_granted_permission(self, client, user):
        return True

    def get_audiences(self):
        return [own_origin()]


class TokenExchange(Bearer):
    """Authlib has none: what is exchanged is verified as the grant of RFC 7523 is."""

    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"

    def validate_token_request(self):
        form = self.request.form
        if form.get("subject_token_type") != JWT or form.get("requested_token_type") != ACCESS_TOKEN:
            raise InvalidRequestError("only a JWT is exchanged, for an access token")
        client = self.authenticate_token_endpoint_client()
        claims = self.process_assertion_claims(form.get("subject_token"))
        self.request.client = client
        self.request.user = self.authenticate_user(claims["sub"])
        if self.request.user is None:
            raise InvalidGrantError(description="there is no such user")

    def create_token_response(self):
        status, body, headers = super().create_token_response()
        return status, {**body, "issued_token_type": ACCESS_TOKEN}, headers


class Own(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


def save_token(token, request):
    claims = getattr(request, "assertion_claims", {})
    issued[token["access_token"]] = {
        "user": request.user,
        "act": claims.get("act"),
        "txn": claims.get("txn"),
        "client": request.client.get_client_id(),
        "scope": token.get("scope"),
    }


app = Flask("tool")
server = AuthorizationServer(app, query_client=lambda id: Client() if id == asked["client_id"] else None, save_token=save_token)
server.register_client_auth_method(JWTBearerClientAssertion.CLIENT_AUTH_METHOD, ClientAssertion())
for grant in (Bearer, TokenExchange, Own):
    server.register_grant(grant)


@app.post("/token")
def token():
    return server.create_token_response()


@app.get("/whoami")
def whoami():
    """The tool: who it believes to be called by"""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    known = issued.get(value) if scheme == "Bearer" else None
    return (jsonify(known), 200) if known else (jsonify(error="invalid_token"), 401)


@app.get("/count")
def count():
    return jsonify(len(issued))


app.run(host="127.0.0.1", port=0, ssl_context=(asked["cert"], asked["key"]), threaded=True)
