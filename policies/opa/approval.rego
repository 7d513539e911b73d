# One person's decision on exactly this request.
package ambit.decision

approval_faults contains "approval.required" if {
	approver
	input.approval == null
}

approval_faults contains "approval.other-group" if approval.group != approver

approval_faults contains "approval.other-request" if approval.requestDigest != input.requestDigest

approval_faults contains "approval.by-requester" if approval.decidedBy == input.user

approval_faults contains "approval.over" if input.time >= approval.expiresAt

approval_faults contains "approval.spent" if approval.spent

approved if {
	approval
	count(approval_faults) == 0
}

approval := input.approval if {
	approver
	input.approval != null
}

approver := task.approvalGroup if {
	call
	task.approvalGroup != ""
}
