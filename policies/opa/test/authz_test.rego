package system.authz_test

authorizer := "spiffe://acme.example/ns/ambit/sa/gateway"

uri := {
	"Scheme": "spiffe",
	"Opaque": "",
	"User": null,
	"Host": "acme.example",
	"Path": "/ns/ambit/sa/gateway",
	"RawPath": "",
	"ForceQuery": false,
	"RawQuery": "",
	"Fragment": "",
}

question := {
	"method": "POST",
	"path": ["v1", "data", "ambit", "decision", "result"],
	"params": {},
	"client_certificates": [{"URIs": [uri]}, {"URIs": null}],
}

allowed(asked) if data.system.authz.allow with input as asked with data.ambit_clients.allowed as {authorizer: true}

with_uri(changes) := object.union(question, {"client_certificates": [{"URIs": [object.union(uri, changes)]}]})

test_the_authorizer_may_ask_for_a_decision if allowed(question)

test_another_workload_may_not if {
	every changes in [
		{"Host": "evil.example"},
		{"Host": "acme.example:443"},
		{"Path": "/ns/ambit/sa/gateway/x"},
		{"Path": "/ns/ambit/sa/Gateway"},
		{"Path": "/ns/support/sa/triage"},
		{"Scheme": "https"},
		{"User": {}},
		{"RawPath": "/ns/ambit/sa%2Fgateway"},
		{"ForceQuery": true},
		{"RawQuery": "a"},
		{"Fragment": "a"},
	] {
		not allowed(with_uri(changes))
	}
}

test_without_exactly_one_uri_nobody_may if {
	every certificates in [null, [], [{"URIs": null}], [{"URIs": []}], [{"URIs": [uri, uri]}], [{}]] {
		not allowed(object.union(question, {"client_certificates": certificates}))
	}
	not allowed(object.remove(question, ["client_certificates"]))
}

test_only_the_first_certificate_counts if {
	not allowed(object.union(question, {"client_certificates": [{"URIs": null}, {"URIs": [uri]}]}))
}

test_the_authorizer_may_do_nothing_else if {
	every method in ["GET", "PUT", "PATCH", "DELETE", "post", ""] {
		not allowed(object.union(question, {"method": method}))
	}
	every path in [
		["v1", "data"],
		["v1", "data", "ambit"],
		["v1", "data", "ambit", "decision"],
		["v1", "data", "ambit", "decision", "result", "allow"],
		["v1", "data", "ambit/decision/result"],
		["v1", "data", "ambit", "fleet"],
		["v0", "data", "ambit", "decision", "result"],
		["v1", "policies"],
		["v1", "query"],
		["v1", "compile"],
		["v1", "config"],
		["v1", "status"],
		["health"],
		["metrics"],
		[],
	] {
		not allowed(object.union(question, {"path": path}))
	}
	not allowed(object.union(question, {"params": {"explain": ["full"]}}))
	not allowed(object.remove(question, ["params"]))
}

test_nobody_may_ask_where_no_client_is_named if {
	not data.system.authz.allow with input as question
	every clients in [{}, {authorizer: false}, {authorizer: "true"}, [authorizer], authorizer, null] {
		not data.system.authz.allow with input as question with data.ambit_clients.allowed as clients
	}
}

test_probes_need_no_certificate if {
	allowed({"method": "GET", "path": ["health"], "params": {"bundles": [""]}})
	not allowed({"method": "POST", "path": ["health"], "params": {}})
	not allowed({"method": "GET", "path": ["health", "live"], "params": {}})
}

test_metrics_are_for_the_listener_without_certificates if {
	allowed({"method": "GET", "path": ["metrics"], "params": {}})
	not allowed(object.union(question, {"method": "GET", "path": ["metrics"]}))
	not allowed({"method": "POST", "path": ["metrics"], "params": {}})
}
