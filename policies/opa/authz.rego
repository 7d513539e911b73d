# Access to OPA over the network: only the decision, and only with one of the certificates named in
# data.ambit_clients.allowed, an object of SPIFFE IDs. Who that is belongs to the deployment, so this file lies beside
# OPA and is not part of the bundle. Policies, data and configuration can be neither read nor changed.
package system.authz

default allow := false

allow if {
	input.method == "POST"
	input.path == ["v1", "data", "ambit", "decision", "result"]

	# Parameters ask for traces and metrics, which show data.
	count(input.params) == 0
	data.ambit_clients.allowed[client] == true
}

# The kubelet has no certificate; this answer reveals nothing.
allow if {
	input.method == "GET"
	input.path == ["health"]
}

# Only the listener for probes knows no certificates. Metrics count and measure; they hold no data.
allow if {
	input.method == "GET"
	input.path == ["metrics"]
	not input.client_certificates
}

# The certificate has been verified in the handshake. An SVID has one URI, and nothing beside host and path in it.
client := concat("", ["spiffe://", uri.Host, uri.Path]) if {
	[uri] = input.client_certificates[0].URIs
	uri.Scheme == "spiffe"
	uri.User == null
	uri.RawPath == ""
	uri.ForceQuery == false
	uri.RawQuery == ""
	uri.Fragment == ""
}
