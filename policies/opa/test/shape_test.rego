package ambit.decision_test

import data.ambit.fixture as f

# A request with everything that there is
full := json.patch(f.seek, [
	f.put("/approval", f.payout.approval),
	f.put("/budgets", {"day": {"spent": 1, "cost": 1}}),
	f.put("/intent", {"verdict": "allowed"}),
	f.put("/session/writable", "internal"),
	f.put("/done", {"run": ["a.b"], "session": ["a.b"]}),
	f.put("/call/data", ["letters:read"]),
])

fields := {concat("/", array.concat([""], path)) |
	[path, _] := walk(full)
	count(path) > 0
	every step in path { is_string(step) }
	path != ["budgets", "day"]
}

objects := {concat("/", array.concat([""], path)) |
	[path, value] := walk(full)
	is_object(value)
	path != []
	path != ["budgets"]
	every step in path { is_string(step) }
}

refusal(request) := result if {
	result := data.ambit.decision.result with input as request
		with data.ambit.fleet as f.fleet
		with data.ambit.revision as {"number": 7}
}

only(code) := {"allow": false, "reasons": [code], "observed": [], "revision": 7}

malformed(changes) if refusal(json.patch(full, changes)) == only("input.malformed")

too_large(changes) if refusal(json.patch(full, changes)) == only("input.too-large")

# Custom rules do not change this
well_formed(changes) if {
	every reason in refusal(json.patch(full, changes)).reasons { not startswith(reason, "input.") }
}

list_of(count_of, prefix) := [sprintf("%s%d", [prefix, i]) | some i in numbers.range(1, count_of)]

text_of(count_of, character) := concat("", [character | some _ in numbers.range(1, count_of)])

test_the_full_request_is_of_the_contract if well_formed([])

test_every_field_must_be_there if {
	count(fields) > 50
	every field in fields { malformed([f.take(field)]) }
}

test_no_field_may_be_added if {
	malformed([f.put("/more", null)])
	every object in objects { malformed([f.put(concat("", [object, "/more"]), null)]) }
}

# What is of the contract in some place; anywhere else it is not
fitting := {
	"/approval": null,
	"/budgets": {},
	"/chain": [],
	"/call/data": [],
	"/done/run": [],
	"/done/session": [],
	"/intent": null,
	"/revocation/known": true,
	"/revocation/revoked": [],
	"/session/tainted": true,
	"/session/writable": null,
	"/token/scope": [],
	"/approval/spent": true,
	"/user": null,
}

test_no_field_may_be_of_another_type if {
	every field in fields - {"/version"} {
		every value in [null, true, "", -1, 0.5, 1e16, [], {}, {"a": 1}, [[]], [7], [""]] {
			fits(field, value)
		}
	}
}

fits(field, value) if {
	fitting[field] == value
	well_formed([f.put(field, value)])
}

fits(field, value) if {
	object.get(fitting, field, "nothing") != value
	malformed([f.put(field, value)])
}

test_what_is_no_request_is_malformed if {
	every request in [null, true, 7, "", "x", [], [f.look], {}, {"input": f.look}, {"version": "ambit.decision/1"}] {
		refusal(request) == only("input.malformed")
	}
	without_input := data.ambit.decision.result with data.ambit.revision as {"number": 7}
	without_input == only("input.malformed")
}

test_another_version_is_told_from_what_is_malformed if {
	every version in ["ambit.decision/2", "ambit.decision/1 ", "", "1"] {
		refusal(json.patch(full, [f.put("/version", version)])) == only("input.version")
		refusal({"version": version}) == only("input.version")
	}
	every version in [1, null, ["ambit.decision/1"]] { malformed([f.put("/version", version)]) }
}

test_words_that_the_contract_does_not_know if {
	malformed([f.put("/phase", "calls")])
	malformed([f.put("/start/by", "cron")])
	malformed([f.put("/start/evidence", "some")])
	malformed([f.put("/session/mark", "secret")])
	malformed([f.put("/session/writable", "secret")])
	malformed([f.put("/revocation/revoked", ["agents"])])
	malformed([f.put("/revocation/revoked", ["agent", "agent"])])
	malformed([f.put("/intent/verdict", "yes")])
}

test_call_and_digest_belong_to_the_phase if {
	malformed([f.put("/phase", "issue")])
	malformed([f.put("/call", null)])
	malformed([f.put("/requestDigest", null)])
	well_formed([f.put("/phase", "issue"), f.put("/call", null)])
	well_formed([f.put("/phase", "issue"), f.put("/call", null), f.put("/requestDigest", null)])
}

test_digests if {
	every path in ["/requestDigest", "/approval/requestDigest"] {
		malformed([f.put(path, upper(f.digest))])
		malformed([f.put(path, concat("", [f.digest, "1"]))])
		malformed([f.put(path, concat("", [f.digest, "\n"]))])
		malformed([f.put(path, trim_prefix(f.digest, "sha256:"))])
	}
}

test_times if {
	every path in ["/time", "/revisionSeen", "/session/lastUsedAt", "/token/expiresAt", "/approval/expiresAt"] {
		well_formed([f.put(path, 0)])
		well_formed([f.put(path, 1000000000000)])
		malformed([f.put(path, 1000000000001)])
		malformed([f.put(path, 1796126400.5)])
		malformed([f.put(path, "1796126400")])
	}
}

test_budgets if {
	every path in ["/budgets/day/spent", "/budgets/day/cost"] {
		well_formed([f.put(path, 1000000000000000)])
		malformed([f.put(path, 1000000000000001)])
		malformed([f.put(path, "1")])
	}
	malformed([f.put("/budgets", {"": {"spent": 1, "cost": 1}})])
	malformed([f.put("/budgets", [{"spent": 1, "cost": 1}])])
	well_formed([f.put("/budgets", {key: {"spent": 1, "cost": 1} | some key in list_of(64, "b")})])
	too_large([f.put("/budgets", {key: {"spent": 1, "cost": 1} | some key in list_of(65, "b")})])
}

test_texts_of_at_most_2048_characters if {
	every path in ["/agent/name", "/task", "/token/audience", "/call/destination", "/call/data/0", "/done/run/0"] {
		well_formed([f.put(path, text_of(2048, "a"))])
		malformed([f.put(path, text_of(2049, "a"))])
	}
	well_formed([f.put("/user/subject", text_of(2048, "ü"))])
	well_formed([f.put("/user/subject", text_of(1024, "😀"))])
	malformed([f.put("/user/subject", text_of(1025, "😀"))])
	well_formed([f.put("/user/subject", text_of(2048, "a")), f.put("/user/issuer", text_of(2048, "b"))])
}

test_lists_without_repetition if {
	malformed([f.put("/call/data", ["letters:read", "letters:read"])])
	malformed([f.put("/done/run", ["a.b", "a.b"])])
	malformed([f.put("/done/session", ["a.b", "a.b"])])
	well_formed([f.put("/done", {"run": ["a.b"], "session": ["a.b"]})])
	malformed([f.put("/token/scope", ["find", "find"])])
	malformed([f.put("/token/scope", "find")])
	malformed([f.put("/token/scope", null)])
	malformed([f.put("/token/scope", [""])])
	malformed([f.put("/call/data", {"0": "letters:read"})])
	malformed([f.put("/chain", {"0": {"spiffeId": f.clerk, "task": "ask"}})])
}

test_lists_have_an_end if {
	hop := {"spiffeId": f.clerk, "task": "ask"}
	well_formed([f.put("/chain", [hop | some _ in numbers.range(1, 16)])])
	too_large([f.put("/chain", [hop | some _ in numbers.range(1, 17)])])
	well_formed([f.put("/call/data", list_of(64, "d"))])
	too_large([f.put("/call/data", list_of(65, "d"))])
	too_large([f.put("/call/data", list_of(10000, "d"))])
	too_large([f.put("/call/data", [7 | some _ in numbers.range(1, 65)])])
	every list in ["/done/run", "/done/session", "/token/scope"] {
		well_formed([f.put(list, list_of(256, "a."))])
		too_large([f.put(list, list_of(257, "a."))])
	}
	well_formed([f.put("/revocation/revoked", ["agent", "run", "session", "token", "user"])])
	too_large([f.put("/revocation/revoked", ["agent", "run", "session", "token", "user", "more"])])
}

# The request that is refused for its shape is looked at no further.
test_nothing_else_is_said_of_what_is_malformed if {
	malformed([f.put("/agent/name", "unknown"), f.put("/time", f.noon * 2), f.put("/more", true)])
}
