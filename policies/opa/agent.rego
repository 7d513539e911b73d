# The agent that asks, its policy version, and whether it was stopped.
package ambit.decision

refused_anyway contains "policy.stale" if revision < input.revisionSeen

refused_anyway contains "revocation.stale" if input.revocation.known == false

refused_anyway contains "agent.revoked" if "agent" in input.revocation.revoked

refused_anyway contains "run.revoked" if "run" in input.revocation.revoked

refused_anyway contains "session.revoked" if "session" in input.revocation.revoked

refused_anyway contains "token.revoked" if "token" in input.revocation.revoked

refused_anyway contains "user.revoked" if "user" in input.revocation.revoked

refused_anyway contains "agent.unknown" if not agent

refused contains "agent.suspended" if agent.suspended

refused contains "agent.expired" if input.time >= agent.expires

refused contains "task.undeclared" if not task
