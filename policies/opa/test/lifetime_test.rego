package ambit.decision_test

import data.ambit.fixture as f

test_time_inconsistent if {
	every path in ["/run/startedAt", "/session/startedAt", "/session/lastUsedAt"] {
		f.reasons(f.look, [f.put(path, f.noon + 61)]) == ["time.inconsistent"]
		f.reasons(f.look, [f.put(path, f.noon + 60)]) == []
	}
}

test_run_over if {
	f.reasons(f.look, [f.put("/run/expiresAt", f.noon)]) == ["run.over", "token.too-long"]
	f.reasons(f.look, [f.put("/run/expiresAt", f.noon + 240)]) == []
}

test_run_too_long if {
	f.reasons(f.look, [f.put("/run/startedAt", f.noon - 361)]) == ["run.too-long"]
	f.reasons(f.look, [f.put("/run/startedAt", f.noon - 360)]) == []
}

test_session_idle if {
	f.reasons(f.look, [f.put("/session/lastUsedAt", f.noon - 1800)]) == ["session.idle"]
	f.reasons(f.look, [f.put("/session/lastUsedAt", f.noon - 1799)]) == []
}

test_session_over if {
	f.reasons(f.look, [f.put("/session/startedAt", f.noon - 28800)]) == ["session.over"]
	f.reasons(f.look, [f.put("/session/startedAt", f.noon - 28799)]) == []
}

test_token_over if {
	f.reasons(f.look, [f.put("/token/expiresAt", f.noon)]) == ["token.over"]
	f.reasons(f.look, [f.put("/token/expiresAt", f.noon + 1)]) == []
}

test_token_too_long if {
	f.reasons(f.look, [f.put("/token/expiresAt", f.noon + 301)]) == ["token.too-long"]
	f.reasons(f.look, [f.put("/token/expiresAt", f.noon + 300)]) == []
	f.reasons(f.look, [f.put("/run/expiresAt", f.noon + 239)]) == ["token.too-long"]
}
