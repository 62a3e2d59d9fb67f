# SPDX-License-Identifier: Apache-2.0

resource "aws_cloudwatch_log_group" "this" {
  name_prefix       = "/${var.name}/"
  retention_in_days = var.log_retention
}

resource "aws_secretsmanager_secret" "configuration" {
  name_prefix = "${var.name}-configuration-"
  description = "purser.yaml"
}

resource "aws_secretsmanager_secret_version" "configuration" {
  secret_id     = aws_secretsmanager_secret.configuration.id
  secret_string = var.configuration
}

resource "aws_security_group" "tasks" {
  name_prefix = "${var.name}-tasks-"
  description = "Tasks of Purser"
  vpc_id      = var.vpc_id

  ingress {
    description     = "requests and health checks"
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8081
    security_groups = [aws_security_group.load_balancer.id]
  }

  egress {
    description = "AWS and identity providers"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  dynamic "egress" {
    for_each = ["udp", "tcp"]
    content {
      description = "DNS"
      protocol    = egress.value
      from_port   = 53
      to_port     = 53
      cidr_blocks = [var.vpc_cidr]
    }
  }
}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

locals {
  log = {
    logDriver = "awslogs"
    options = {
      "awslogs-group"         = aws_cloudwatch_log_group.this.name
      "awslogs-region"        = data.aws_region.current.name
      "awslogs-stream-prefix" = "purser"
      # Purser itself never waits for the log, and counts what is lost; another buffer would lose lines silently.
      "mode" = "blocking"
    }
  }
  # Purser's image has no shell. This one writes the files, readable by Purser's user only, and ends.
  setup = <<-EOT
    umask 077
    printf '%s\n' "$CONFIGURATION" > /etc/purser/purser.yaml
    printf '%s\n' "$PSEUDONYM_KEY" > /etc/purser/pseudonyms.key
    chown 65532:65532 /etc/purser/purser.yaml /etc/purser/pseudonyms.key
  EOT
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.broker.arn
  execution_role_arn       = aws_iam_role.execution.arn

  volume {
    name = "configuration"
  }

  container_definitions = jsonencode([
    {
      name                   = "setup"
      image                  = var.setup_image
      essential              = false
      readonlyRootFilesystem = true
      command                = ["sh", "-ec", local.setup]
      secrets = [
        # The version goes with the text, so a changed text makes a new task definition.
        { name = "CONFIGURATION", valueFrom = "${aws_secretsmanager_secret.configuration.arn}:::${aws_secretsmanager_secret_version.configuration.version_id}" },
        { name = "PSEUDONYM_KEY", valueFrom = var.pseudonym_key_secret_arn },
      ]
      mountPoints      = [{ sourceVolume = "configuration", containerPath = "/etc/purser" }]
      logConfiguration = local.log
    },
    {
      name                   = "purser"
      image                  = var.image
      essential              = true
      user                   = "65532:65532"
      readonlyRootFilesystem = true
      linuxParameters        = { capabilities = { drop = ["ALL"] } }
      command                = ["serve", "--config", "/etc/purser/purser.yaml"]
      dependsOn              = [{ containerName = "setup", condition = "SUCCESS" }]
      mountPoints            = [{ sourceVolume = "configuration", containerPath = "/etc/purser", readOnly = true }]
      portMappings           = [{ containerPort = 8080 }, { containerPort = 8081 }]
      stopTimeout            = var.stop_timeout
      ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
      logConfiguration       = local.log
    },
  ])
}

resource "aws_ecs_service" "this" {
  name                               = var.name
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.this.arn
  launch_type                        = "FARGATE"
  desired_count                      = var.tasks
  health_check_grace_period_seconds  = 30
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  depends_on                         = [aws_lb_listener.this]

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    assign_public_ip = false
    subnets          = var.private_subnets
    security_groups  = [aws_security_group.tasks.id]
  }

  load_balancer {
    container_name   = "purser"
    container_port   = 8080
    target_group_arn = aws_lb_target_group.this.arn
  }
}
