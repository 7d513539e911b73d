# What the decision log shows. The event is input; the request, as it was decided, is input.input.
package system.log

# Of a request of the contract, everything but who the people are. It can be decided again as it is logged: the approver
# is still the user served, or is not.
mask contains {"op": "upsert", "path": "/input/user/subject", "value": "masked"} if {
	of_contract
	input.input.user != null
}

mask contains {"op": "upsert", "path": "/input/approval/decidedBy/subject", "value": approver} if {
	of_contract
	input.input.approval != null
}

# Any other request may contain anything, such as a token.
mask contains "/input" if not of_contract

# Answers to other questions show what they were computed from.
mask contains "/result" if not asked_for_decision

approver := "masked" if {
	input.input.approval.decidedBy == input.input.user
} else := "masked-other"

of_contract if {
	asked_for_decision
	count(input.result.reasons) >= 0
	every reason in input.result.reasons { not startswith(reason, "input.") }
}

asked_for_decision if input.path == "ambit/decision/result"
