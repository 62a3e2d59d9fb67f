# SPDX-License-Identifier: Apache-2.0

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

# The broker's own identity. It may assume the monitors' roles, and do nothing else.
resource "aws_iam_role" "broker" {
  name               = var.broker_role_name
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

data "aws_iam_policy_document" "broker" {
  statement {
    sid       = "AssumeGrantedRoles"
    actions   = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    resources = var.assumed_role_arns
  }
}

resource "aws_iam_role_policy" "broker" {
  count  = length(var.assumed_role_arns) > 0 ? 1 : 0
  name   = "AssumeGrantedRoles"
  role   = aws_iam_role.broker.id
  policy = data.aws_iam_policy_document.broker.json
}

resource "aws_iam_role" "execution" {
  name_prefix        = "${var.name}-execution-"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.configuration.arn, var.pseudonym_key_secret_arn]
  }
}

resource "aws_iam_role_policy" "secrets" {
  name   = "ReadSecrets"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.secrets.json
}
