{{- define "purser.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "purser.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "purser.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "purser.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "purser.selector" -}}
app.kubernetes.io/name: {{ include "purser.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "purser.labels" -}}
{{ include "purser.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "purser.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "purser.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "purser.configMap" -}}
{{- default (include "purser.fullname" .) .Values.existingConfigMap -}}
{{- end -}}

{{- define "purser.secret" -}}
{{- if .Values.secret.external.enabled -}}
{{- printf "%s-keys" (include "purser.fullname" .) -}}
{{- else -}}
{{- .Values.secret.existingSecret -}}
{{- end -}}
{{- end -}}

{{- define "purser.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* purser.yaml: `config`, with the addresses by `ports`. */}}
{{- define "purser.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- range $key, $port := dict "listen" .Values.ports.public "admin" .Values.ports.admin -}}
{{- $given := get $config $key -}}
{{- if $given -}}
{{- $address := ternary (get (ternary $given dict (kindIs "map" $given)) "address") $given (kindIs "map" $given) -}}
{{- if not (hasSuffix (printf ":%d" (int $port)) (toString $address)) -}}
{{- fail (printf "config.%s must end with the port %d of `ports`" $key (int $port)) -}}
{{- end -}}
{{- else -}}
{{- $_ := set $config $key (printf "0.0.0.0:%d" (int $port)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{/* Sections that a reload does not change; see docs/operations.md. A change of them rolls the pods. */}}
{{- define "purser.restartChecksum" -}}
{{- omit (include "purser.config" . | fromYaml) "apps" "issuers" | toJson | sha256sum -}}
{{- end -}}

{{/* Milliseconds of a duration such as 500ms, 30s, 5m, 1h. */}}
{{- define "purser.milliseconds" -}}
{{- $number := regexFind "^[0-9]+" . | int -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- $factors := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- if not (and (regexMatch "^[0-9]+(ms|s|m|h)$" .) (hasKey $factors $unit)) -}}
{{- fail (printf "config.limits: %q is no duration" .) -}}
{{- end -}}
{{- mul $number (get $factors $unit) -}}
{{- end -}}

{{/* Seconds, rounded up. */}}
{{- define "purser.drain" -}}
{{- $drain := include "purser.milliseconds" (toString (default "1s" (get (default dict .Values.config.limits) "drain"))) | int -}}
{{- div (add $drain 999) 1000 -}}
{{- end -}}

{{/* The sleep before SIGTERM: what drain lacks of 10 s, the time that the removal of an endpoint takes. */}}
{{- define "purser.preStop" -}}
{{- max 0 (sub 10 (include "purser.drain" . | int)) -}}
{{- end -}}

{{/* The same number as `purser check --kubernetes` prints. */}}
{{- define "purser.gracePeriod" -}}
{{- if .Values.terminationGracePeriodSeconds -}}
{{- .Values.terminationGracePeriodSeconds | int -}}
{{- else -}}
{{- $limits := default dict .Values.config.limits -}}
{{- $drain := include "purser.milliseconds" (toString (default "1s" (get $limits "drain"))) | int -}}
{{- $exchange := include "purser.milliseconds" (toString (default "8s" (get $limits "exchange-timeout"))) | int -}}
{{- $process := div (add $drain $exchange 4500 999) 1000 -}}
{{- add (include "purser.preStop" . | int) $process 2 -}}
{{- end -}}
{{- end -}}

{{/* The probes' scheme: https if the admin listener has TLS. */}}
{{- define "purser.adminScheme" -}}
{{- $admin := .Values.config.admin -}}
{{- if and (kindIs "map" $admin) (hasKey $admin "tls") -}}HTTPS{{- else -}}HTTP{{- end -}}
{{- end -}}

{{/* What no schema can express. */}}
{{- define "purser.validate" -}}
{{- if not .Values.image.repository -}}{{- fail "image.repository is required" -}}{{- end -}}
{{- if and .Values.existingConfigMap (or .Values.config .Values.configFiles) -}}{{- fail "existingConfigMap excludes config and configFiles" -}}{{- end -}}
{{- if not (or .Values.existingConfigMap .Values.config) -}}{{- fail "config or existingConfigMap is required" -}}{{- end -}}
{{- if and .Values.existingConfigMap (not .Values.terminationGracePeriodSeconds) -}}{{- fail "terminationGracePeriodSeconds is required with existingConfigMap; `purser check --kubernetes` prints it" -}}{{- end -}}
{{- if hasKey .Values.configFiles "purser.yaml" -}}{{- fail "configFiles must not contain purser.yaml" -}}{{- end -}}
{{- if eq (int .Values.ports.public) (int .Values.ports.admin) -}}{{- fail "ports.public and ports.admin must differ" -}}{{- end -}}
{{- if and .Values.secret.existingSecret .Values.secret.external.enabled -}}{{- fail "secret.existingSecret excludes secret.external" -}}{{- end -}}
{{- if and .Values.secret.external.enabled (not (and .Values.secret.external.files .Values.secret.external.store.name)) -}}{{- fail "secret.external needs store.name and files" -}}{{- end -}}
{{- if and .Values.config.logouts (not .Values.state.enabled) -}}{{- fail "config.logouts writes a file: set state.enabled, and logouts.file below /var/lib/purser" -}}{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}{{- fail "autoscaling.minReplicas is above maxReplicas" -}}{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}{{- fail "ingress.hosts is required" -}}{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}{{- fail "httpRoute.parentRefs is required" -}}{{- end -}}
{{- end -}}
