# Rules of the platform's own: the set data.ambit.custom.deny, in files of the package ambit.custom. They can only refuse.
package ambit.decision

custom contains custom_code(denial) if some denial in data.ambit.custom.deny

# The contract is a set: any other value may be a refusal that would be lost.
custom contains "custom.unnamed" if not is_set(custom_denials)

default custom_denials := set()

custom_denials := data.ambit.custom.deny

custom_code(denial) := denial if {
	regex.match(`^custom\..`, denial)
} else := "custom.unnamed"
