<?php
/**
 * Runs an editor's PHP code in WordPress: `php edit.php FOLDER`, with the code on
 * standard input. What the code returns is printed as JSON.
 */
$_SERVER += array( 'HTTP_HOST' => getenv( 'CMS_HOST' ), 'REQUEST_METHOD' => 'POST', 'REQUEST_URI' => '/wp-admin/admin.php', 'SERVER_PROTOCOL' => 'HTTP/1.1' );
require $argv[1] . '/wp-load.php';
foreach ( array( 'image', 'file', 'media', 'post', 'comment', 'taxonomy', 'user', 'nav-menu' ) as $part ) {
	require_once ABSPATH . "wp-admin/includes/$part.php";
}
wp_set_current_user( 1 );
$result = eval( stream_get_contents( STDIN ) );
if ( is_wp_error( $result ) ) {
	fwrite( STDERR, $result->get_error_message() );
	exit( 1 );
}
echo json_encode( $result );
