// An error where the answer would have been: what happened, what can be done, and a button that tries again.
import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { ApiError } from "#api/client.ts";

function titleOf(error: unknown): string {
  if (!(error instanceof ApiError)) return "Something went wrong";
  if (error.status === 0) return "The server cannot be reached";
  if (error.status === 404) return "Not found";
  return error.status >= 500 ? "The server failed" : "The question was refused";
}

function adviceOf(error: unknown): string {
  if (error instanceof ApiError && error.status === 0) {
    return `No answer from ${location.origin}. Is "whence serve" running? What is shown below may be out of date.`;
  }
  return error instanceof Error ? error.message : String(error);
}

export function ProblemNote({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const isDown = error instanceof ApiError && error.status === 0;
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      title={titleOf(error)}
      icon={isDown ? <IconPlugConnectedX aria-hidden /> : <IconAlertTriangle aria-hidden />}
    >
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        {adviceOf(error)}
      </Text>
      {children}
      {onRetry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}
