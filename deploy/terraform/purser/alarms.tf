# SPDX-License-Identifier: Apache-2.0
# Alarms without Prometheus, the same as in deploy/cloudformation/service.yaml.

locals {
  # From the log, whose lines are JSON: pattern, number of lines in 5 minutes, meaning.
  log_alarms = {
    AWSRefuses        = { pattern = "{ $.message = \"answered\" && $.code = \"aws_refused\" }", threshold = 0, description = "AWS refuses exchanges: compare the account with `purser policy`" }
    AWSUnavailable    = { pattern = "{ $.message = \"answered\" && ($.code = \"unavailable\" || $.code = \"aws_timeout\") }", threshold = 20, description = "AWS fails, throttles or does not respond" }
    KeysNotRenewed    = { pattern = "{ $.message = \"keys not renewed\" }", threshold = 5, description = "Keys of an identity provider cannot be fetched" }
    BrokerCredentials = { pattern = "{ $.message = \"broker credentials not renewed\" }", threshold = 0, description = "The AWS credentials of the broker cannot be renewed" }
    LinesLost         = { pattern = "{ $.message = \"audit lines lost\" || $.message = \"log lines dropped\" }", threshold = 0, description = "Lines of the log or of the audit trail are lost" }
    ConnectionLimit   = { pattern = "{ $.message = \"connection limit reached\" }", threshold = 0, description = "Connections are closed for new ones" }
  }
  load_balancer_alarms = {
    NoHealthyTask = { metric = "HealthyHostCount", statistic = "Minimum", percentile = null, threshold = 1, comparison = "LessThanThreshold", missing = "breaching", description = "No task is ready" }
    ServerErrors  = { metric = "HTTPCode_Target_5XX_Count", statistic = "Sum", percentile = null, threshold = 50, comparison = "GreaterThanThreshold", missing = "notBreaching", description = "Many responses are 5xx" }
    SlowRequests  = { metric = "TargetResponseTime", statistic = null, percentile = "p99", threshold = 2.5, comparison = "GreaterThanThreshold", missing = "notBreaching", description = "One response in a hundred takes longer than 2.5 s" }
  }
  service_alarms = {
    Processor = { metric = "CPUUtilization", statistic = "Average", threshold = 80, description = "The tasks have too little processor time" }
    Memory    = { metric = "MemoryUtilization", statistic = "Maximum", threshold = 85, description = "A task uses up its memory" }
  }
  alarm_actions = var.alarm_topic_arn == "" ? [] : [var.alarm_topic_arn]
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each       = local.log_alarms
  name           = each.key
  log_group_name = aws_cloudwatch_log_group.this.name
  pattern        = each.value.pattern

  metric_transformation {
    namespace     = "Purser/${var.name}"
    name          = each.key
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "log" {
  for_each            = local.log_alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description}. See docs/operations.md"
  namespace           = "Purser/${var.name}"
  metric_name         = each.key
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
}

resource "aws_cloudwatch_metric_alarm" "load_balancer" {
  for_each            = local.load_balancer_alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description}. See docs/operations.md"
  namespace           = "AWS/ApplicationELB"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  period              = 60
  evaluation_periods  = 5
  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  treat_missing_data  = each.value.missing
  alarm_actions       = local.alarm_actions
  dimensions = {
    LoadBalancer = aws_lb.this.arn_suffix
    TargetGroup  = aws_lb_target_group.this.arn_suffix
  }
}

resource "aws_cloudwatch_metric_alarm" "service" {
  for_each            = local.service_alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description}. See docs/operations.md"
  namespace           = "AWS/ECS"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 5
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  dimensions = {
    ClusterName = aws_ecs_cluster.this.name
    ServiceName = aws_ecs_service.this.name
  }
}
