# Whether the input is exactly of the contract ambit.decision/1 (domain/decision/contract.ts), with its limits
# (domain/decision/limits.ts): callers check it too, but other clients may reach OPA.
package ambit.decision

# Entries of lists
most := {"budgets": 64, "chain": 16, "data": 64, "done": 256, "revoked": 5, "scope": 256}

shape_problem := "input.version" if {
	is_string(input.version)
	input.version != "ambit.decision/1"
} else := "input.too-large" if {
	too_large
} else := "input.malformed"

too_large if longer(input.chain, most.chain)

too_large if longer(input.call.data, most.data)

too_large if longer(input.token.scope, most.scope)

too_large if longer(input.done.run, most.done)

too_large if longer(input.done.session, most.done)

too_large if longer(input.revocation.revoked, most.revoked)

too_large if {
	is_object(input.budgets)
	count(input.budgets) > most.budgets
}

longer(list, limit) if {
	is_array(list)
	count(list) > limit
}

# An object equals such a pattern where it has these fields and no other.
well_formed if {
	{
		"version": "ambit.decision/1",
		"phase": _,
		"time": time,
		"revisionSeen": revision_seen,
		"agent": {"name": agent_name, "spiffeId": agent_id},
		"task": task_name,
		"chain": _,
		"user": _,
		"start": {"by": by, "evidence": evidence},
		"run": {"startedAt": run_start, "expiresAt": run_end},
		"session": {
			"startedAt": session_start,
			"lastUsedAt": session_use,
			"mark": session_mark,
			"tainted": tainted,
			"writable": writable,
		},
		"token": {"audience": audience, "expiresAt": token_end, "scope": scope},
		"call": _,
		"requestDigest": _,
		"budgets": _,
		"done": {"run": _, "session": _},
		"approval": _,
		"revocation": {"known": known, "revoked": _},
		"intent": _,
	} = input
	{"user", "schedule", "event", "delegation", "agent"}[by]
	{"verified", "none"}[evidence]
	ranks[session_mark]
	{"public", "internal", "confidential", "restricted", null}[writable]
	is_boolean(tainted)
	is_boolean(known)
	is_set_of(scope, most.scope)
	are_seconds([time, revision_seen, run_start, run_end, session_start, session_use, token_end, approval_parts.expires])
	are_texts(array.flatten([
		[agent_name, agent_id, task_name, audience],
		chain_texts,
		user_texts,
		call_texts,
		scope,
		approval_parts.texts,
		done_texts,
	]))
	well_formed_revocation
	well_formed_digest
	well_formed_budgets
	well_formed_intent
}

chain_texts := [] if {
	input.chain == []
} else := texts if {
	is_array(input.chain)
	count(input.chain) <= most.chain
	texts := [text |
		some hop in input.chain
		{"spiffeId": id, "task": name} = hop
		some text in [id, name]
	]
	count(texts) == count(input.chain) * 2
}

user_texts := [] if {
	input.user == null
} else := [issuer, subject] if {
	{"issuer": issuer, "subject": subject} = input.user
}

call_texts := [] if {
	input.call == null
	input.phase == "issue"
}

call_texts := array.concat([name, act, destination], items) if {
	input.phase == "call"
	{"tool": name, "action": act, "destination": destination, "data": items} = input.call
	is_set_of(items, most.data)
}

approval_parts := {"texts": [], "expires": 0} if {
	input.approval == null
} else := {"texts": [group, issuer, subject], "expires": expires} if {
	{
		"group": group,
		"requestDigest": digest,
		"decidedBy": {"issuer": issuer, "subject": subject},
		"expiresAt": expires,
		"spent": spent,
	} = input.approval
	is_digest(digest)
	is_boolean(spent)
}

done_texts := array.concat(input.done.run, input.done.session) if {
	is_set_of(input.done.run, most.done)
	is_set_of(input.done.session, most.done)
}

well_formed_revocation if input.revocation.revoked == []

well_formed_revocation if {
	is_set_of(input.revocation.revoked, most.revoked)
	every what in input.revocation.revoked { {"agent", "run", "session", "token", "user"}[what] }
}

well_formed_digest if {
	input.requestDigest == null
	input.phase == "issue"
}

well_formed_digest if is_digest(input.requestDigest)

well_formed_budgets if input.budgets == {}

well_formed_budgets if {
	is_object(input.budgets)
	count(input.budgets) <= most.budgets
	are_texts(object.keys(input.budgets))
	units := [number |
		some budget in input.budgets
		{"spent": spent, "cost": cost} = budget
		some number in [spent, cost]
	]
	count(units) == count(input.budgets) * 2
	regex.match(`^\[((10{15}|[0-9]{1,15})[,\]])+$`, json.marshal(units))
}

well_formed_intent if input.intent == null

well_formed_intent if {
	{"verdict": verdict} = input.intent
	{"allowed", "refused", "error", "timeout"}[verdict]
}

# Whole numbers from 0 to 10^12, all at once: one number after the other costs several times as much.
are_seconds(numbers) if regex.match(`^\[((10{12}|[0-9]{1,12})[,\]])+$`, json.marshal(numbers))

# Texts that are neither empty nor longer than 2048. Hardly ever are they longer than half of that together.
are_texts(values) if {
	not "" in values
	count(concat("", values)) <= 1024
}

are_texts(values) if {
	not "" in values
	count(concat("", values)) > 1024
	every value in values { utf16_length(value) <= 2048 }
}

# As the contract counts: characters beyond 16 bits are two.
utf16_length(value) := count(value) + count(regex.find_n(`[\x{10000}-\x{10FFFF}]`, value, -1))

is_set_of([], _)

is_set_of(list, limit) if {
	is_array(list)
	count(list) <= limit
	count({entry | some entry in list}) == count(list)
}

is_digest(value) if regex.match(`^sha256:[0-9a-f]{64}$`, value)
