package ambit.decision_test

import data.ambit.fixture as f

test_token_of_another_audience if {
	every audience in ["tool:web", "aws", "exchange", "pay"] {
		f.reasons(f.look, [f.put("/token/audience", audience)]) == ["token.other-audience"]
	}
}

test_token_out_of_scope if {
	every scope in [[], ["refund"], ["Find"], ["pay.find"], ["*"], ["find refund"]] {
		f.reasons(f.look, [f.put("/token/scope", scope)]) == ["token.out-of-scope"]
	}
	f.reasons(f.look, [f.put("/token/scope", ["find"])]) == []
}

test_scope_is_of_calls_alone if {
	every scope in [[], ["find"], ["none"]] {
		f.answer(json.patch(f.issued(f.look, "tool:pay"), [f.put("/token/scope", scope)]), f.fleet).reasons == []
	}
}

test_audience_not_granted if {
	every audience in ["aws", "exchange", "tool:web", "tool:", "tool:pay.find", "pay", "sts"] {
		f.answer(f.issued(f.look, audience), f.fleet).reasons == ["audience.not-granted"]
	}
}

test_run_begins_at_every_task if {
	every request in [f.look, f.search] {
		f.answer(f.issued(request, "run"), f.fleet).reasons == []
	}
	every audience in ["tool:run", "RUN", "runs", "run "] {
		f.answer(f.issued(f.look, audience), f.fleet).reasons == ["audience.not-granted"]
	}
	f.reasons(f.look, [f.put("/token/audience", "run")]) == ["token.other-audience"]
}

test_action_not_granted if {
	f.reasons(f.look, [f.put("/call/action", "refund"), f.put("/call/data", [])]) == ["action.not-granted"]
	f.reasons(f.look, [f.put("/call/action", "none")]) == ["action.not-granted", "token.out-of-scope"]
	f.reasons(f.look, [f.put("/call/tool", "none")]) == ["action.not-granted", "token.other-audience"]
}

test_destination_undeclared if {
	every host in ["evil.example", "pay.acme.example:443", "PAY.acme.example", "x.pay.acme.example"] {
		f.reasons(f.look, [f.put("/call/destination", host)]) == ["destination.undeclared"]
	}
}
