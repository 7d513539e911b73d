package ambit.decision_test

import data.ambit.fixture as f

to_scout(path) := f.of_clerk(concat("", ["/tasks/ask/delegates/scout.seek", path]))

to_reader(path) := f.of_scout(concat("", ["/tasks/seek/delegates/reader.fetch", path]))

test_edge_undeclared if {
	f.reasons_by(f.seek, [f.take(to_scout(""))]) == ["delegation.undeclared"]
	f.reasons(f.seek, [f.put("/chain/0/task", "look")]) == ["delegation.undeclared"]
	f.reasons(f.seek, [f.put("/chain/0/task", "none")]) == ["delegation.undeclared"]
	f.reasons(f.seek, [f.put("/chain/0/spiffeId", "spiffe://acme.example/ns/x/sa/y")]) == ["delegation.undeclared"]
	f.reasons_by(f.fetch, [f.take(to_scout(""))]) == ["delegation.undeclared"]
}

test_delegator_stopped if {
	f.reasons_by(f.seek, [f.put(f.of_clerk("/suspended"), true)]) == ["delegation.delegator-stopped"]
	f.reasons_by(f.fetch, [f.put(f.of_clerk("/expires"), f.noon)]) == ["delegation.delegator-stopped"]
	f.reasons_by(f.fetch, [f.put(f.of_scout("/expires"), f.noon + 1)]) == []
	f.reasons_by(f.seek, [f.take(f.of_clerk("/suspended"))]) == ["delegation.delegator-stopped"]
	every expires in ["2020-01-01", [], null] {
		f.reasons_by(f.seek, [f.put(f.of_clerk("/expires"), expires)]) == ["delegation.delegator-stopped"]
	}
}

test_chain_too_deep_for_an_edge if {
	f.reasons_by(f.fetch, [f.put(to_scout("/depth"), 1)]) == ["delegation.too-deep"]
	f.reasons_by(f.seek, [f.put(to_scout("/depth"), 0)]) == ["delegation.too-deep"]
}

test_chain_longer_than_any if {
	hops := [{"spiffeId": f.clerk, "task": "ask"} | some _ in numbers.range(1, 4)]
	f.reasons(f.seek, [f.put("/chain", hops)]) == ["delegation.too-deep", "delegation.undeclared"]
	f.reasons(f.seek, [f.put("/chain", array.slice(hops, 0, 3))]) == ["delegation.undeclared"]
}

test_edge_without_the_action if {
	f.reasons_by(f.seek, [f.put(to_scout("/actions"), {"web.open": true})]) == ["delegation.widened"]
	f.reasons_by(f.seek, [f.put(to_scout("/actions"), {"web.search": true})]) == []
	f.reasons_by(f.issued(f.seek, "aws"), [f.put(to_scout("/actions"), {})]) == []
}

# A request to a further agent is bounded by the edge's depth, and not by the actions that it names.
test_edge_without_the_further_agent if {
	handing_on := json.patch(f.seek, [
		f.put("/call/tool", "agent:reader"),
		f.put("/call/action", "fetch"),
		f.put("/call/destination", "agent:reader"),
		f.put("/token/audience", "tool:agent:reader"),
		f.put("/token/scope", ["fetch"]),
	])
	f.reasons_by(handing_on, [f.put(to_scout("/actions"), {})]) == ["action.not-granted"]
	named := json.patch(handing_on, [f.put("/call/tool", "agents"), f.put("/token/audience", "tool:agents")])
	f.reasons_by(named, [f.put(to_scout("/actions"), {})]) == ["action.not-granted", "delegation.widened"]
}

test_edge_without_the_data if {
	reading := json.patch(f.seek, [f.put("/call/data", ["letters:read"])])
	f.reasons_by(reading, [f.put(to_scout("/data"), {})]) == ["delegation.widened"]
	f.reasons_by(reading, [f.put(to_scout("/data"), {"letters:read": true})]) == []
	f.reasons_by(f.issued(f.seek, "aws"), [f.put(to_scout("/data"), {})]) == ["delegation.widened"]
	f.reasons_by(f.issued(f.seek, "exchange"), [f.put(to_scout("/data"), {})]) == []
}

test_edge_shorter_than_the_run if {
	f.reasons_by(f.seek, [f.put(to_scout("/ttlSeconds"), 599)]) == ["delegation.widened"]
	f.reasons_by(f.fetch, [f.put(to_reader("/ttlSeconds"), 599)]) == ["delegation.widened"]
}

test_above_the_sensitivity_of_an_edge if {
	public := [f.put(to_scout("/sensitivity"), 0)]
	f.reasons_by(f.seek, public) == []
	f.reasons_by(json.patch(f.seek, [f.put("/session/mark", "internal")]), public) == ["delegation.above-sensitivity"]
	f.reasons_by(json.patch(f.seek, [f.put("/call/data", ["letters:read"])]), public) == ["delegation.above-sensitivity"]
	f.reasons_by(f.issued(f.seek, "aws"), public) == ["delegation.above-sensitivity"]
}
