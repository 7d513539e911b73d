# How the task was started, and for which user.
package ambit.decision

refused contains "start.undeclared" if {
	task
	not task.startedBy[input.start.by]
}

refused contains "start.no-evidence" if {
	input.start.by != "agent"
	input.start.evidence != "verified"
}

refused contains "start.chain-mismatch" if delegated != handed_on

refused contains "user.missing" if {
	input.user == null
	user_needed
}

delegated := input.start.by == "delegation"

handed_on := count(input.chain) > 0

user_needed if input.start.by == "user"

user_needed if tool.actsAsUser
