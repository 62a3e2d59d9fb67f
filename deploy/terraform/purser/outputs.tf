# SPDX-License-Identifier: Apache-2.0

output "load_balancer_name" {
  value       = aws_lb.this.dns_name
  description = "The public name is an alias of it."
}

output "broker_role_arn" {
  value       = aws_iam_role.broker.arn
  description = "--broker of `purser policy`."
}

output "log_group_name" {
  value = aws_cloudwatch_log_group.this.name
}
