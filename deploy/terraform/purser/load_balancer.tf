# SPDX-License-Identifier: Apache-2.0

resource "aws_security_group" "load_balancer" {
  name_prefix = "${var.name}-alb-"
  description = "Load balancer of Purser"
  vpc_id      = var.vpc_id

  ingress {
    description = "pages and apps"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    description = "requests and health checks"
    protocol    = "tcp"
    from_port   = 8080
    to_port     = 8081
    cidr_blocks = [var.vpc_cidr]
  }
}

resource "aws_lb" "this" {
  name_prefix                = "purser"
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = var.public_subnets
  security_groups            = [aws_security_group.load_balancer.id]
  idle_timeout               = 60 # below limits.idle-timeout, so that the load balancer closes connections first
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "strictest"
}

resource "aws_lb_target_group" "this" {
  name_prefix          = "purser"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  port                 = 8080
  protocol             = "HTTP"
  deregistration_delay = 15

  health_check {
    path                = "/readyz"
    port                = "8081"
    interval            = 5
    timeout             = 2
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}
