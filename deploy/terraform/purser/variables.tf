# SPDX-License-Identifier: Apache-2.0

variable "name" {
  type        = string
  default     = "purser"
  description = "Goes before the names of all resources."
}

variable "image" {
  type        = string
  description = "Purser's image, with its digest."
}

variable "setup_image" {
  type        = string
  default     = "public.ecr.aws/docker/library/busybox:1.37"
  description = "Any image with a shell; it writes the configuration into the task's volume and ends."
}

variable "vpc_id" {
  type = string
}

variable "vpc_cidr" {
  type        = string
  description = "Addresses of the VPC, for DNS and the load balancer's way to the tasks."
}

variable "public_subnets" {
  type        = list(string)
  description = "For the load balancer, in two zones or more."
}

variable "private_subnets" {
  type        = list(string)
  description = "For the tasks, with a way to AWS and to the identity providers."
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of the public name, in ACM."
}

variable "configuration" {
  type        = string
  description = "Text of purser.yaml, which listens on 0.0.0.0:8080 and 0.0.0.0:8081. It contains no secrets."
}

variable "pseudonym_key_secret_arn" {
  type        = string
  description = "Secret with the text that `purser keys new --pseudonyms` wrote; purser.yaml names it /etc/purser/pseudonyms.key."
}

variable "broker_role_name" {
  type        = string
  default     = "Purser"
  description = "Role of the tasks: --broker of `purser policy`."
}

variable "assumed_role_arns" {
  type        = list(string)
  default     = []
  description = "Roles of the exchange assume-role, as purser.permission-policy of `purser policy` lists them."
}

variable "tasks" {
  type    = number
  default = 2
}

variable "cpu" {
  type    = number
  default = 512
}

variable "memory" {
  type    = number
  default = 1024
}

variable "stop_timeout" {
  type        = number
  default     = 30
  description = "Seconds; above limits.drain + limits.exchange-timeout + 5 s."
  validation {
    condition     = var.stop_timeout >= 15 && var.stop_timeout <= 120
    error_message = "ECS allows up to 120 s, and Purser needs at least 15."
  }
}

variable "log_retention" {
  type    = number
  default = 90
}

variable "alarm_topic_arn" {
  type        = string
  default     = ""
  description = "SNS topic of the alarms; empty: none is notified."
}
