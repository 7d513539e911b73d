# What the intent evaluator said of this call.
package ambit.decision

softened contains "intent.missing" if {
	call
	data.ambit.fleet.intentRequired
	input.intent == null
}

softened contains "intent.refused" if intent == "refused"

softened contains "intent.error" if intent == "error"

softened contains "intent.timeout" if intent == "timeout"

intent := input.intent.verdict if call
