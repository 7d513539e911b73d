# The words that the rules use. Everything is found by its key, so that a decision costs the same in every fleet.
package ambit.decision

# Only the entry itself is read: naming the whole of data.ambit.fleet.agents would copy the fleet.
agent := entry if {
	data.ambit.fleet.version == "ambit.policy/1"
	entry := data.ambit.fleet.agents[input.agent.spiffeId]
	entry.name == input.agent.name
}

task := agent.tasks[input.task]

call := input.call if input.phase == "call"

call_name := concat(".", [call.tool, call.action])

# A request to another agent: edges bound it by their depth, and not by the actions that they name.
handing_on if startswith(call.tool, "agent:")

tool := data.ambit.fleet.tools[call.tool]

action := tool.actions[call.action]

# What credentials for AWS would open, where they are asked for
aws := task.aws if {
	input.phase == "issue"
	input.token.audience == "aws"
	task.aws != null
}

run_seconds := input.run.expiresAt - input.run.startedAt

ranks := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}

mark := ranks[input.session.mark]

default revision := 0

revision := data.ambit.revision.number if is_number(data.ambit.revision.number)

# Whether a set of actions has the call
has_call(names) if names == "any"

has_call(names) if names[call_name]
