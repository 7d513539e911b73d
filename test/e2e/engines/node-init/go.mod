module ambit/node-init

go 1.26
