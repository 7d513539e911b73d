# Which data is touched, and where what was read may go.
package ambit.decision

refused contains "data.not-granted" if {
	task
	some item in touched
	not task.data[item]
}

refused contains "data.above-clearance" if highest > tool.clearance

refused contains "mark.above-clearance" if mark > min([clearance, written])

refused contains "mark.credential-below" if {
	input.session.writable != null
	ranks[input.session.writable] < read
}

refused contains "session.tainted" if {
	input.session.tainted == true
	has_effect
	not approved
}

has_effect if action.high

has_effect if action.outward

# Above all ranks, where the call names no tool
default clearance := 4

clearance := tool.clearance

# <dataset>:<kind>, as the request says and as the action is declared
touched contains item if some item in call.data

touched contains item if some item, _ in action.touches

highest := max({-1} | {rank(item) | some item in touched})

read := max({-1} | {rank(item) | some item in touched; not writes(item)}) if {
	call
} else := aws.reads if {
	aws
} else := -1

written := min({4} | {rank(item) | some item in touched; writes(item)}) if {
	call
} else := aws.writes if {
	aws
} else := 4

# The kind is what follows the last colon.
writes(item) if regex.match(`:(write|delete)$`, item)

# The contents of an undeclared dataset are unknown.
rank(item) := known if {
	known := data.ambit.fleet.datasets[regex.replace(item, `:[^:]*$`, "")]
	is_number(known)
} else := ranks.restricted
