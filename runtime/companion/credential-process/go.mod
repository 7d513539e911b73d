module ambit.internal/credential-process

go 1.24
