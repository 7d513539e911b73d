# The answer to a request of the contract ambit.decision/1 (docs/decisions.md).
# What was declared is data.ambit.fleet, what happened is input. Nothing else is read, not even the clock.
package ambit.decision

result := {
	"allow": allow,
	"reasons": sort(reasons),
	"observed": sort(observed),
	"revision": revision,
} if {
	well_formed
} else := {
	"allow": false,
	"reasons": [shape_problem],
	"observed": [],
	"revision": revision,
}

# That no rule refuses is not enough: what the rules rest on must be there.
default allow := false

allow if {
	count(reasons) == 0
	well_formed
	agent
	task
	sound
}

reasons := union({refused_anyway, custom, refused, approval_faults, enforced}) if {
	agent
} else := refused_anyway | custom

# Rules that a task may observe for a time, below confidential data. Nothing else can be softened.
default enforced := set()

enforced := softened if not observing

default observed := set()

observed := softened if {
	observing
	allow
}

observing if {
	softened != set()
	input.time < task.observeUntil
	mark < ranks.confidential
}
