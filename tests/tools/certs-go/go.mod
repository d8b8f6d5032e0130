module certs-go

go 1.19
