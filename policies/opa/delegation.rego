# Who handed the work on: every hop must be allowed by the edge that was declared for it.
package ambit.decision

longest_chain := 3

refused contains "delegation.undeclared" if count(edges) < count(input.chain)

refused contains "delegation.delegator-stopped" if {
	some hop in input.chain
	delegator := data.ambit.fleet.agents[hop.spiffeId]
	not active(delegator)
}

refused contains "delegation.too-deep" if too_deep

refused contains "delegation.widened" if {
	some edge in edges
	widens(edge)
}

refused contains "delegation.above-sensitivity" if {
	some edge in edges
	max([mark, highest, read]) > edge.sensitivity
}

# Declared edges, by the place of their hop
edges[i] := edge if {
	some i, hop in input.chain
	edge := data.ambit.fleet.agents[hop.spiffeId].tasks[hop.task].delegates[target(i)]
}

# Agent and task that the hop handed the work to
target(i) := concat(".", [data.ambit.fleet.agents[next.spiffeId].name, next.task]) if {
	next := input.chain[i + 1]
} else := concat(".", [input.agent.name, input.task]) if {
	i + 1 == count(input.chain)
}

active(delegator) if {
	delegator.suspended == false
	is_number(delegator.expires)
	input.time < delegator.expires
}

too_deep if count(input.chain) > longest_chain

too_deep if {
	some i, edge in edges
	edge.depth < count(input.chain) - i
}

widens(edge) if {
	call
	not handing_on
	not has_call(edge.actions)
}

widens(edge) if {
	edge.data != "any"
	some item in needed
	not edge.data[item]
}

widens(edge) if run_seconds > edge.ttlSeconds

needed contains item if some item in touched

needed contains item if some item, _ in aws.data
