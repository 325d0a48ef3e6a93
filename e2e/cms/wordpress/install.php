<?php
/**
 * Installs WordPress and fills it: `php install.php FOLDER`. Prints the IDs of
 * the content, by name, and an application password of the administrator.
 */
define( 'WP_INSTALLING', true );
$_SERVER += array( 'HTTP_HOST' => getenv( 'CMS_HOST' ), 'REQUEST_METHOD' => 'GET', 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1' );
require $argv[1] . '/wp-load.php';
foreach ( array( 'upgrade', 'image', 'file', 'media', 'nav-menu' ) as $part ) {
	require_once ABSPATH . "wp-admin/includes/$part.php";
}
wp_install( 'Larder', 'admin', 'admin@example.com', true, '', 'admin-password' );
foreach ( array( 1, 2, 3 ) as $sample ) {
	wp_delete_post( $sample, true );
}
update_option( 'permalink_structure', '/%year%/%postname%/' );
update_option( 'comment_moderation', 0 );
update_option( 'comment_previously_approved', 0 );
$ids = array();

foreach ( array( 'ann' => 'author', 'bob' => 'author', 'carol' => 'editor' ) as $name => $role ) {
	$ids[ $name ] = wp_insert_user( array(
		'user_login' => $name, 'user_pass' => wp_generate_password(), 'user_email' => "$name@example.com",
		'display_name' => ucfirst( $name ), 'role' => $role, 'description' => "About $name.",
	) );
}
foreach ( array( 'news' => '', 'local' => 'news', 'street' => 'local', 'sport' => '', 'empty' => '' ) as $name => $parent ) {
	$ids[ $name ] = wp_insert_term( ucfirst( $name ), 'category', array( 'slug' => $name, 'parent' => $parent ? $ids[ $parent ] : 0 ) )['term_id'];
}
foreach ( array( 'fast', 'slow', 'rare' ) as $name ) {
	$ids[ $name ] = wp_insert_term( ucfirst( $name ), 'post_tag', array( 'slug' => $name ) )['term_id'];
}

/** Uploads a small picture. */
function picture( $name, $parent, $author ) {
	$image = imagecreatetruecolor( 8, 8 );
	$file  = wp_upload_dir( '2025/01' )['path'] . "/$name.png";
	imagepng( $image, $file );
	$id = wp_insert_attachment( array(
		'post_title' => ucfirst( $name ), 'post_mime_type' => 'image/png', 'post_status' => 'inherit',
		'post_author' => $author, 'post_date' => '2025-01-01 08:00:00',
	), $file, $parent );
	wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $file ) );
	update_post_meta( $id, '_wp_attachment_image_alt', "A picture of $name" );
	return $id;
}

// Fourteen posts, one a day, whose titles are in another order than their dates.
$authors = array( 'ann', 'carol', 'ann' );
$places  = array( array( 'news' ), array( 'sport' ), array( 'local' ), array( 'news', 'sport' ), array( 'street' ) );
$labels  = array( array( 'fast' ), array(), array( 'slow', 'fast' ), array( 'slow' ) );
for ( $n = 1; $n <= 14; $n++ ) {
	$title          = chr( ord( 'A' ) + ( $n * 5 ) % 14 ) . " story $n";
	$ids[ "p$n" ] = wp_insert_post( array(
		'post_title' => $title, 'post_name' => "story-$n", 'post_status' => 'publish', 'post_type' => 'post',
		'post_content' => '<p>Text of ' . $title . ( 0 === $n % 4 ? ' with a teapot' : '' ) . '.</p>', 'post_excerpt' => "In short, $n.",
		'post_author' => $ids[ $authors[ $n % 3 ] ], 'post_date' => sprintf( '2025-02-%02d 10:00:00', $n ),
		'post_category' => array_map( function ( $name ) use ( $ids ) { return $ids[ $name ]; }, $places[ $n % 5 ] ),
		'tags_input' => array_map( 'ucfirst', $labels[ $n % 4 ] ),
	), true );
}
$ids['draft']    = wp_insert_post( array( 'post_title' => 'A draft', 'post_status' => 'draft', 'post_author' => $ids['ann'] ), true );
$ids['picture']  = picture( 'kettle', $ids['p1'], $ids['ann'] );
$ids['picture2'] = picture( 'spoon', 0, $ids['carol'] );
set_post_thumbnail( $ids['p1'], $ids['picture'] );
set_post_thumbnail( $ids['p5'], $ids['picture2'] );
stick_post( $ids['p2'] );

foreach ( array( 'about' => '', 'team' => 'about', 'member' => 'team', 'contact' => '' ) as $name => $parent ) {
	$ids[ $name ] = wp_insert_post( array(
		'post_title' => ucfirst( $name ), 'post_name' => $name, 'post_status' => 'publish', 'post_type' => 'page', 'post_author' => 1,
		'post_content' => "<p>The page $name.</p>", 'post_parent' => $parent ? $ids[ $parent ] : 0, 'post_date' => '2025-03-01 10:00:00',
		'comment_status' => 'open',
	), true );
}

/** Adds a comment. */
function remark( $post, $text, $parent = 0, $approved = 1, $user = 0 ) {
	static $minute = 0;
	return wp_insert_comment( array(
		'comment_post_ID' => $post, 'comment_content' => $text, 'comment_parent' => $parent, 'comment_approved' => $approved,
		'comment_author' => $user ? '' : 'A reader', 'comment_author_email' => 'reader@example.com', 'user_id' => $user,
		'comment_date' => sprintf( '2025-04-01 10:%02d:00', ++$minute ), 'comment_date_gmt' => sprintf( '2025-04-01 10:%02d:00', $minute ),
	) );
}
$ids['c1']      = remark( $ids['p1'], 'First.' );
$ids['c2']      = remark( $ids['p1'], 'I agree.', $ids['c1'], 1, $ids['ann'] );
$ids['pending'] = remark( $ids['p1'], 'May I?', 0, 0 );
$ids['c3']      = remark( $ids['about'], 'On a page.' );

$ids['menu'] = wp_create_nav_menu( 'Main' );
$ids['item'] = wp_update_nav_menu_item( $ids['menu'], 0, array( 'menu-item-title' => 'Home', 'menu-item-url' => home_url( '/' ), 'menu-item-status' => 'publish' ) );

$password = WP_Application_Passwords::create_new_application_password( 1, array( 'name' => 'editor' ) );
echo json_encode( array( 'ids' => $ids, 'password' => $password[0], 'version' => get_bloginfo( 'version' ) ) );
