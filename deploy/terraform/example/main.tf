# SPDX-License-Identifier: Apache-2.0
# The service, and the monitors, roles and OIDC provider of one app. The module ./app is what Purser prints, unchanged:
#   mkdir -p app && purser policy --config purser.yaml --app APP --broker ARN --terraform > app/main.tf.json

terraform {
  required_version = ">= 1.6"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60"
    }
    awscc = {
      source  = "hashicorp/awscc"
      version = ">= 1.0"
    }
  }
}

variable "region" {
  type = string
}

variable "image" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "vpc_cidr" {
  type = string
}

variable "public_subnets" {
  type = list(string)
}

variable "private_subnets" {
  type = list(string)
}

variable "certificate_arn" {
  type = string
}

variable "pseudonym_key_secret_arn" {
  type = string
}

variable "assumed_role_arns" {
  type    = list(string)
  default = []
}

provider "aws" {
  region = var.region
}

provider "awscc" {
  region = var.region
}

module "purser" {
  source                   = "../purser"
  image                    = var.image
  vpc_id                   = var.vpc_id
  vpc_cidr                 = var.vpc_cidr
  public_subnets           = var.public_subnets
  private_subnets          = var.private_subnets
  certificate_arn          = var.certificate_arn
  pseudonym_key_secret_arn = var.pseudonym_key_secret_arn
  assumed_role_arns        = var.assumed_role_arns
  configuration            = file("${path.module}/purser.yaml")
}

# A trust policy can name the broker's role only after it exists.
module "app" {
  source     = "./app"
  depends_on = [module.purser]
}

output "load_balancer_name" {
  value = module.purser.load_balancer_name
}

output "signed_in_monitor_id" {
  value = module.app.signed_in_monitor_id
}

output "guest_monitor_id" {
  value = module.app.guest_monitor_id
}
