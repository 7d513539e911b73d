# Run, session and token have an end. The only clock is the caller's: input.time.
package ambit.decision

# Seconds by which clocks may differ
clock_skew := 60

# Seconds that a token may live
longest_token := 300

refused_anyway contains "time.inconsistent" if {
	latest := max([input.run.startedAt, input.session.startedAt, input.session.lastUsedAt])
	latest > input.time + clock_skew
}

refused_anyway contains "run.over" if input.time >= input.run.expiresAt

refused contains "run.too-long" if run_seconds > task.ttlSeconds

refused contains "session.idle" if input.time >= input.session.lastUsedAt + agent.session.idleSeconds

refused contains "session.over" if input.time >= input.session.startedAt + agent.session.totalSeconds

refused_anyway contains "token.over" if input.time >= input.token.expiresAt

refused_anyway contains "token.too-long" if {
	input.token.expiresAt > min([input.time + longest_token, input.run.expiresAt])
}
