# A small fleet, allowed requests about it, and how to change both: every test says what it changes and what comes out.
package ambit.fixture

noon := 1796126400

clerk := "spiffe://acme.example/ns/finance/sa/clerk"

scout := "spiffe://acme.example/ns/research/sa/scout"

reader := "spiffe://acme.example/ns/research/sa/reader"

digest := "sha256:1111111111111111111111111111111111111111111111111111111111111111"

other_digest := "sha256:2222222222222222222222222222222222222222222222222222222222222222"

ida := {"issuer": "https://login.acme.example", "subject": "ida"}

leo := {"issuer": "https://login.acme.example", "subject": "leo"}

edge := {"depth": 2, "actions": "any", "data": "any", "sensitivity": 2, "ttlSeconds": 600}

bare_task := {
	"startedBy": {},
	"ttlSeconds": 900,
	"actions": {},
	"tools": {},
	"data": {},
	"aws": null,
	"delegates": {},
	"approvalGroup": "",
	"budgets": {},
	"orders": [],
	"observeUntil": 0,
}

fleet := {
	"version": "ambit.policy/1",
	"trustDomain": "acme.example",
	"intentRequired": false,
	"agents": {
		clerk: agent_of("clerk", {
			"look": object.union(bare_task, {
				"startedBy": {"user": true, "schedule": true},
				"actions": {"pay.find": true},
				"tools": {"pay": true},
				"data": {"orders:read": true},
			}),
			"payout": object.union(bare_task, {
				"startedBy": {"user": true},
				"actions": {"pay.refund": true},
				"tools": {"pay": true},
				"data": {"orders:write": true},
				"approvalGroup": "controllers",
				"budgets": {
					"day:calls:all": {"limit": 10, "actions": "any"},
					"day:sum=amount:pay.refund": {"limit": 5000, "actions": {"pay.refund": true}},
				},
				"orders": [{"first": ["pay.find"], "then": {"pay.refund": true}, "within": "session"}],
			}),
			"ask": object.union(bare_task, {
				"startedBy": {"user": true, "agent": true},
				"actions": {"web.search": true},
				"tools": {"web": true},
				"data": {"letters:read": true},
				"aws": {"data": {"letters:read": true, "letters:write": true}, "reads": 1, "writes": 1},
				"delegates": {"scout.seek": edge},
			}),
		}),
		scout: agent_of("scout", {"seek": object.union(bare_task, {
			"startedBy": {"delegation": true},
			"actions": {"web.search": true},
			"tools": {"web": true},
			"data": {"letters:read": true},
			"aws": {"data": {"letters:read": true}, "reads": 1, "writes": 4},
			"delegates": {"reader.fetch": object.union(edge, {"depth": 1})},
		})}),
		reader: agent_of("reader", {"fetch": object.union(bare_task, {
			"startedBy": {"delegation": true},
			"actions": {"web.search": true},
			"tools": {"web": true},
		})}),
	},
	"tools": {
		"pay": {
			"destination": "pay.acme.example",
			"clearance": 2,
			"actsAsUser": true,
			"actions": {
				"find": {"high": false, "outward": false, "touches": {"orders:read": true}},
				"refund": {"high": true, "outward": false, "touches": {}},
			},
		},
		"web": {
			"destination": "api.search.example:8443",
			"clearance": 1,
			"actsAsUser": false,
			"actions": {"search": {"high": false, "outward": true, "touches": {}}},
		},
	},
	"datasets": {"orders": 2, "letters": 1},
}

agent_of(name, tasks) := {
	"name": name,
	"suspended": false,
	"expires": noon + 86400,
	"session": {"idleSeconds": 1800, "totalSeconds": 28800},
	"tasks": tasks,
}

look := {
	"version": "ambit.decision/1",
	"phase": "call",
	"time": noon,
	"revisionSeen": 7,
	"agent": {"name": "clerk", "spiffeId": clerk},
	"task": "look",
	"chain": [],
	"user": ida,
	"start": {"by": "user", "evidence": "verified"},
	"run": {"startedAt": noon - 60, "expiresAt": noon + 540},
	"session": {
		"startedAt": noon - 3600,
		"lastUsedAt": noon - 60,
		"mark": "public",
		"tainted": false,
		"writable": null,
	},
	"token": {"audience": "tool:pay", "expiresAt": noon + 240, "scope": ["find", "refund", "search"]},
	"call": {"tool": "pay", "action": "find", "destination": "pay.acme.example", "data": ["orders:read"]},
	"requestDigest": digest,
	"budgets": {},
	"done": {"run": [], "session": []},
	"approval": null,
	"revocation": {"known": true, "revoked": []},
	"intent": null,
}

payout := json.patch(look, [
	put("/task", "payout"),
	put("/call", {"tool": "pay", "action": "refund", "destination": "pay.acme.example", "data": ["orders:write"]}),
	put("/budgets", {"day:calls:all": {"spent": 3, "cost": 1}, "day:sum=amount:pay.refund": {"spent": 100, "cost": 50}}),
	put("/done/session", ["pay.find"]),
	put("/approval", {
		"group": "controllers",
		"requestDigest": digest,
		"decidedBy": leo,
		"expiresAt": noon + 180,
		"spent": false,
	}),
])

search := json.patch(look, [
	put("/task", "ask"),
	put("/token/audience", "tool:web"),
	put("/call", {"tool": "web", "action": "search", "destination": "api.search.example:8443", "data": []}),
])

# The scout works for the clerk.
seek := json.patch(search, [
	put("/agent", {"name": "scout", "spiffeId": scout}),
	put("/task", "seek"),
	put("/chain", [{"spiffeId": clerk, "task": "ask"}]),
	put("/start/by", "delegation"),
])

# The reader works for the scout, which works for the clerk.
fetch := json.patch(seek, [
	put("/agent", {"name": "reader", "spiffeId": reader}),
	put("/task", "fetch"),
	put("/chain/-", {"spiffeId": scout, "task": "seek"}),
])

issued(request, audience) := json.patch(request, [
	put("/phase", "issue"),
	put("/call", null),
	put("/token/audience", audience),
])

put(path, value) := {"op": "add", "path": path, "value": value}

take(path) := {"op": "remove", "path": path}

# Path of something of the clerk's in the policy
of_clerk(path) := concat("", ["/agents/spiffe:~1~1acme.example~1ns~1finance~1sa~1clerk", path])

of_scout(path) := concat("", ["/agents/spiffe:~1~1acme.example~1ns~1research~1sa~1scout", path])

answer(request, policy) := result if {
	result := data.ambit.decision.result with input as request
		with data.ambit.fleet as policy
		with data.ambit.revision as {"number": 7}
}

# Why the request, changed so, is refused
reasons(request, changes) := answer(json.patch(request, changes), fleet).reasons

# Why the request is refused by the policy, changed so
reasons_by(request, changes) := answer(request, json.patch(fleet, changes)).reasons
